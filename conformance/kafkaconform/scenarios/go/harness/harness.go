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

const firstTimestampMs = 1_700_000_000_000

type scenarios struct {
	client Client
	prefix string
}

// Main runs every scenario that the library can do, and reports each.
func Main(codecs []string, connect func(bootstrap string) (Client, error)) {
	client, err := connect(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	all := &scenarios{client, os.Args[2]}
	if len(os.Args) > 3 {
		report("restart", all.restart)
		return
	}
	for _, codec := range codecs {
		report("round_trip:"+codec, func() (string, error) { return all.roundTrip(codec) })
	}
	report("resume", all.resume)
	report("rebalance", all.rebalance)
	abilities := client.Abilities()
	for _, strategy := range abilities.Strategies {
		report("strategy:"+strategy, func() (string, error) { return all.strategy(strategy) })
	}
	if abilities.Static {
		report("static", all.static)
	}
	report("silent", all.silent)
	report("seek", all.seek)
	report("reset", all.reset)
	if abilities.Idempotence {
		report("idempotence", all.idempotence)
	}
	report("compaction", all.compaction)
	report("timeouts", all.timeouts)
	report("times", all.times)
	report("topics", all.topics)
	if admin, ok := client.(Administrator); ok {
		report("configs", func() (string, error) { return all.configs(admin) })
		report("groups", func() (string, error) { return all.groups(admin) })
	}
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
	return all.createWith(name, partitions, map[string]string{"retention.ms": "-1"})
}

func (all *scenarios) createWith(name string, partitions int32, configs map[string]string) (string, error) {
	topic := all.prefix + "-" + name
	if err := all.client.Create(topic, partitions, configs); err != nil {
		return topic, err
	}
	return topic, all.waitForTopic(topic, true)
}

// waitForTopic is there because Kafka's controller answers a moment before its brokers have heard of the change.
func (all *scenarios) waitForTopic(topic string, wanted bool) error {
	return until(fmt.Sprintf("topic %s is listed: %v", topic, wanted), func() (bool, error) {
		names, err := all.client.Topics()
		sort.Strings(names)
		index := sort.SearchStrings(names, topic)
		return (index < len(names) && names[index] == topic) == wanted, err
	})
}

func (all *scenarios) fill(codec, topic string, partitions int32, first, end int64) error {
	var records []Record
	for offset := first; offset < end; offset++ {
		for partition := int32(0); partition < partitions; partition++ {
			records = append(records, expected(partition, offset))
		}
	}
	return all.send(topic, Sending{Codec: codec}, records)
}

// send uses a producer of its own.
func (all *scenarios) send(topic string, sending Sending, records []Record) error {
	producer, err := all.client.Produce(topic, sending)
	if err != nil {
		return err
	}
	err = producer.Send(records)
	if closing := producer.Close(); err == nil {
		err = closing
	}
	return err
}

// until tries until a condition holds.
func until(what string, holds func() (bool, error)) error {
	for end := time.Now().Add(Deadline); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if reached, err := holds(); reached || err != nil {
			return err
		}
	}
	return fmt.Errorf("not in time: %s", what)
}

// read polls so many records, which must be those from offset first on in every partition.
func (all *scenarios) read(member Reader, count int, first int64) error {
	next := map[int32]int64{}
	seen := 0
	for end := time.Now().Add(Deadline); seen < count && time.Now().Before(end); {
		records, err := member.Poll(PollTime)
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
	return bytes.Equal(found, wanted) && (!all.client.Abilities().NullRecords || (found == nil) == (wanted == nil))
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
	member, err := all.client.Join(topic, all.prefix+"-"+group, Joining{Reset: "earliest"})
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
