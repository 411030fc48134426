// Package harness holds the scenarios that every Go client runs; driver.py says what arguments and output mean.
package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"
)

// Deadline bounds every wait of a check, PollTime one poll of a member.
const (
	Deadline         = 30 * time.Second
	PollTime         = 100 * time.Millisecond
	HeartbeatTime    = 300 * time.Millisecond
	SessionTime      = 10 * time.Second
	firstTimestampMs = 1_700_000_000_000
)

// Header of a record.
type Header struct {
	Key   string
	Value []byte
}

// Record as a user sees it. The offset is that which it is to get, or has.
type Record struct {
	Partition   int32
	Offset      int64
	Key, Value  []byte
	Headers     []Header
	TimestampMs int64
}

// Member of a group.
type Member interface {
	// Poll waits a moment for records.
	Poll() ([]Record, error)
	// Commit commits everything that was polled.
	Commit() error
	// Assignment is how many partitions it has now.
	Assignment() int
	// Close leaves the group.
	Close() error
}

// Client is what a library looks like to the scenarios.
type Client interface {
	// NullRecords says whether null and empty keys and values are told apart when read.
	NullRecords() bool
	Create(topic string, partitions int32) error
	Topics() ([]string, error)
	Delete(topic string) error
	// Produce waits until all records are acknowledged.
	Produce(topic, codec string, records []Record) error
	Join(topic, group string) (Member, error)
}

type scenarios struct {
	client Client
	prefix string
}

// Main runs every scenario and reports each.
func Main(codecs []string, connect func(bootstrap string) (Client, error)) {
	client, err := connect(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	all := &scenarios{client, os.Args[2]}
	for _, codec := range codecs {
		report("round_trip:"+codec, func() (string, error) { return all.roundTrip(codec) })
	}
	report("resume", all.resume)
	report("rebalance", all.rebalance)
	report("topics", all.topics)
}

func report(check string, body func() (string, error)) {
	detail, err := body()
	if err != nil {
		detail = err.Error()
	}
	line, _ := json.Marshal(map[string]any{"check": check, "ok": err == nil, "detail": detail})
	fmt.Println(string(line))
}

// expected is the record that stands at an offset of a partition: null and empty keys, values and headers are among them.
func expected(partition int32, offset int64) Record {
	record := Record{Partition: partition, Offset: offset, TimestampMs: firstTimestampMs + offset*10}
	record.Key = []byte(fmt.Sprintf("key-%d", offset))
	record.Value = []byte(fmt.Sprintf("%d:%d %s", partition, offset, strings.Repeat("value ", int(offset)*40)))
	switch offset {
	case 1:
		record.Key = nil
	case 2:
		record.Key = []byte{}
	case 3:
		record.Value = nil
	case 4:
		record.Value = []byte{}
	case 5:
		record.Value = nil
		for each := 0; each < 256; each++ {
			record.Value = append(record.Value, byte(each))
		}
	case 6:
		record.Headers = []Header{{"a", []byte("1")}, {"empty", []byte{}}, {"a", []byte("2")}}
	}
	return record
}

func (all *scenarios) create(name string, partitions int32) (string, error) {
	topic := all.prefix + "-" + name
	if err := all.client.Create(topic, partitions); err != nil {
		return topic, err
	}
	return topic, all.waitForTopic(topic, true)
}

// waitForTopic is there because Kafka's controller answers a moment before its brokers have heard of the change.
func (all *scenarios) waitForTopic(topic string, wanted bool) error {
	for end := time.Now().Add(Deadline); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		names, err := all.client.Topics()
		if err != nil {
			return err
		}
		sort.Strings(names)
		index := sort.SearchStrings(names, topic)
		if (index < len(names) && names[index] == topic) == wanted {
			return nil
		}
	}
	return fmt.Errorf("topic %s is not listed as it should be: listed %v", topic, wanted)
}

func (all *scenarios) fill(codec, topic string, partitions int32, first, end int64) error {
	var records []Record
	for offset := first; offset < end; offset++ {
		for partition := int32(0); partition < partitions; partition++ {
			records = append(records, expected(partition, offset))
		}
	}
	return all.client.Produce(topic, codec, records)
}

// read polls so many records, which must be those from offset first on in every partition.
func (all *scenarios) read(member Member, count int, first int64) error {
	next := map[int32]int64{}
	seen := 0
	for end := time.Now().Add(Deadline); seen < count && time.Now().Before(end); {
		records, err := member.Poll()
		if err != nil {
			return err
		}
		for _, found := range records {
			wanted := expected(found.Partition, first+next[found.Partition])
			if difference := all.compare(found, wanted); difference != "" {
				return fmt.Errorf("partition %d, offset %d: %s", found.Partition, found.Offset, difference)
			}
			next[found.Partition]++
			seen++
		}
	}
	if seen != count {
		return fmt.Errorf("%d records read instead of %d", seen, count)
	}
	return nil
}

func (all *scenarios) same(found, wanted []byte) bool {
	return bytes.Equal(found, wanted) && (!all.client.NullRecords() || (found == nil) == (wanted == nil))
}

func (all *scenarios) compare(found, wanted Record) string {
	switch {
	case found.Offset != wanted.Offset:
		return fmt.Sprintf("offset %d expected", wanted.Offset)
	case !all.same(found.Key, wanted.Key):
		return fmt.Sprintf("key %q instead of %q", found.Key, wanted.Key)
	case !all.same(found.Value, wanted.Value):
		return fmt.Sprintf("value %q instead of %q", found.Value, wanted.Value)
	case found.TimestampMs != wanted.TimestampMs:
		return fmt.Sprintf("timestamp %d instead of %d", found.TimestampMs, wanted.TimestampMs)
	case len(found.Headers) != len(wanted.Headers):
		return fmt.Sprintf("headers %v instead of %v", found.Headers, wanted.Headers)
	}
	for index, header := range found.Headers {
		if header.Key != wanted.Headers[index].Key || !bytes.Equal(header.Value, wanted.Headers[index].Value) {
			return fmt.Sprintf("headers %v instead of %v", found.Headers, wanted.Headers)
		}
	}
	return ""
}

func (all *scenarios) roundTrip(codec string) (string, error) {
	topic, err := all.create(codec, 3)
	if err != nil {
		return "", err
	}
	if err := all.fill(codec, topic, 3, 0, 20); err != nil {
		return "", err
	}
	return "60 records in 3 partitions", all.inGroup(topic, codec, 60, 0)
}

// inGroup reads as the only member of a group, commits and leaves.
func (all *scenarios) inGroup(topic, group string, count int, first int64) error {
	member, err := all.client.Join(topic, all.prefix+"-"+group)
	if err != nil {
		return err
	}
	err = all.read(member, count, first)
	if err == nil {
		err = member.Commit()
	}
	if closing := member.Close(); err == nil {
		err = closing
	}
	return err
}

func (all *scenarios) resume() (string, error) {
	topic, err := all.create("resume", 2)
	if err != nil {
		return "", err
	}
	for _, step := range []struct{ first, end int64 }{{0, 8}, {8, 12}} {
		if err := all.fill("none", topic, 2, step.first, step.end); err != nil {
			return "", err
		}
		if err := all.inGroup(topic, "resume", int(2*(step.end-step.first)), step.first); err != nil {
			return "", err
		}
	}
	return "went on at 8", nil
}

func (all *scenarios) rebalance() (string, error) {
	topic, err := all.create("rebalance", 4)
	if err != nil {
		return "", err
	}
	first, err := all.client.Join(topic, all.prefix+"-rebalance")
	if err != nil {
		return "", err
	}
	defer first.Close()
	second, err := all.client.Join(topic, all.prefix+"-rebalance")
	if err != nil {
		return "", err
	}
	sharing := share(2, first, second)
	if err := second.Close(); err != nil {
		return "", err
	}
	if sharing != nil {
		return "", sharing
	}
	if err := share(4, first); err != nil {
		return "", err
	}
	if err := all.fill("none", topic, 4, 0, 1); err != nil {
		return "", err
	}
	return "2 and 2, then 4", all.read(first, 4, 0)
}

// share polls until each of the members has so many partitions.
func share(partitions int, members ...Member) error {
	for end := time.Now().Add(Deadline); time.Now().Before(end); {
		settled := true
		for _, member := range members {
			if _, err := member.Poll(); err != nil {
				return err
			}
			settled = settled && member.Assignment() == partitions
		}
		if settled {
			return nil
		}
	}
	return fmt.Errorf("not %d partitions for each of %d members in time", partitions, len(members))
}

func (all *scenarios) topics() (string, error) {
	topic, err := all.create("topics", 3)
	if err != nil {
		return "", err
	}
	if again := all.client.Create(topic, 3); again == nil || !strings.Contains(strings.ToLower(again.Error()), "already exists") {
		return "", fmt.Errorf("creating the topic again: %v", again)
	}
	if err := all.client.Delete(topic); err != nil {
		return "", err
	}
	return "created, listed, refused, deleted", all.waitForTopic(topic, false)
}
