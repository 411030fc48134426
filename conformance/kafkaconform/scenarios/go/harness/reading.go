package harness

import (
	"fmt"
	"strings"
	"time"
)

const (
	many      = 500
	shortTime = time.Second
	slack     = 5 * time.Second
)

// only is a topic of one partition with the records below an offset.
func (all *scenarios) only(name string, end int64) (string, error) {
	topic, err := all.create(name, 1)
	if err == nil {
		err = all.fill("none", topic, 1, 0, end)
	}
	return topic, err
}

func (all *scenarios) seek() (string, error) {
	topic, err := all.only("seek", 10)
	if err != nil {
		return "", err
	}
	reader, err := all.client.Open(topic, 7)
	if err != nil {
		return "", err
	}
	defer reader.Close()
	if err := all.read(reader, 3, 7); err != nil {
		return "", err
	}
	for _, step := range []struct{ to, first int64 }{{First, 0}, {4, 4}, {0, 0}} {
		if err := reader.Seek(step.to); err != nil {
			return "", err
		}
		if err := all.read(reader, int(10-step.first), step.first); err != nil {
			return "", fmt.Errorf("from %d: %w", step.first, err)
		}
	}
	if err := reader.Seek(4); err != nil {
		return "", err
	}
	if err := reader.Seek(Last); err != nil {
		return "", err
	}
	return "7, 0, 4, 0, then 10 as it came", all.onlyNew(reader, topic, 10)
}

// onlyNew produces records from an offset on until one of them is read, and nothing before it: libraries look for the end of a
// partition in their own time, and the first record may come before that.
func (all *scenarios) onlyNew(reader Reader, topic string, end int64) error {
	for next := end; next < end+20; next++ {
		if err := all.fill("none", topic, 1, next, next+1); err != nil {
			return err
		}
		for waiting := time.Now(); time.Since(waiting) < time.Second; {
			records, err := reader.Poll(PollTime)
			if err != nil {
				return err
			}
			for _, record := range records {
				if record.Offset < end {
					return fmt.Errorf("offset %d was read, which was there before", record.Offset)
				}
				return nil
			}
		}
	}
	return fmt.Errorf("nothing new was read")
}

func (all *scenarios) reset() (string, error) {
	abilities := all.client.Abilities()
	for _, policy := range abilities.Resets {
		err := all.resetFrom("reset-"+policy, policy, 6, func(topic, group string) error { return nil })
		if err != nil {
			return "", fmt.Errorf("without a commit, %s: %w", policy, err)
		}
	}
	for _, policy := range abilities.OutOfRange {
		err := all.resetFrom("range-"+policy, policy, 6, func(topic, group string) error {
			return all.commitAt(topic, group, 100)
		})
		if err != nil {
			return "", fmt.Errorf("out of range, %s: %w", policy, err)
		}
	}
	return fmt.Sprintf("without a commit %v, out of range %v", abilities.Resets, abilities.OutOfRange), nil
}

func (all *scenarios) commitAt(topic, group string, offset int64) error {
	member, err := all.client.Join(topic, group, Joining{Reset: "earliest"})
	if err != nil {
		return err
	}
	err = readers{}.share(1, member)
	if err == nil {
		err = member.CommitAt(topic, offset)
	}
	if closing := member.Close(); err == nil {
		err = closing
	}
	return err
}

// resetFrom has a group read a topic of some records, after something was done to either.
func (all *scenarios) resetFrom(name, policy string, end int64, prepare func(topic, group string) error) error {
	topic, err := all.only(name, end)
	if err != nil {
		return err
	}
	group := all.prefix + "-" + name
	if err := prepare(topic, group); err != nil {
		return err
	}
	member, err := all.client.Join(topic, group, Joining{Reset: policy})
	if err != nil {
		return err
	}
	defer member.Close()
	switch policy {
	case "earliest":
		return all.read(member, int(end), 0)
	case "latest":
		return all.onlyNew(member, topic, end)
	}
	return until("a failure", func() (bool, error) {
		records, err := member.Poll(PollTime)
		if len(records) > 0 {
			return false, fmt.Errorf("offset %d was read", records[0].Offset)
		}
		if err != nil && !strings.Contains(err.Error(), "range") {
			return false, err
		}
		return err != nil, nil
	})
}

func (all *scenarios) idempotence() (string, error) {
	topic, err := all.create("idempotence", 1)
	if err != nil {
		return "", err
	}
	var records []Record
	for number := 0; number < many; number++ {
		records = append(records, Record{Value: []byte(fmt.Sprintf("value-%d", number))})
	}
	if err := all.send(topic, Sending{Small: true}, records); err != nil {
		return "", err
	}
	next := 0
	err = all.scan(topic, many-1, func(found Record) error {
		if found.Offset != int64(next) || string(found.Value) != string(records[next].Value) {
			return fmt.Errorf("offset %d has %q instead of offset %d with %q", found.Offset, found.Value, next, records[next].Value)
		}
		next++
		return nil
	})
	return fmt.Sprintf("%d records once and in order", many), err
}

// scan reads partition 0 from its beginning through an offset.
func (all *scenarios) scan(topic string, through int64, see func(found Record) error) error {
	reader, err := all.client.Open(topic, First)
	if err != nil {
		return err
	}
	defer reader.Close()
	return until(fmt.Sprintf("offset %d", through), func() (bool, error) {
		records, err := reader.Poll(PollTime)
		for _, found := range records {
			if err := see(found); err != nil {
				return false, err
			}
			if found.Offset >= through {
				return true, nil
			}
		}
		return false, err
	})
}

func (all *scenarios) compaction() (string, error) {
	topic, err := all.createWith("compaction", 1,
		map[string]string{"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.01"})
	if err != nil {
		return "", err
	}
	last := map[string]string{}
	written := int64(0)
	for round := 0; round < 4; round++ {
		var records []Record
		for number := 0; number < 10; number++ {
			record := Record{Key: []byte(fmt.Sprintf("key-%d", number)), Value: []byte(fmt.Sprintf("value-%d", round))}
			// Keys 3 and 7 are deleted in the third round; 7 comes back in the last, 3 is left out of it.
			if number == 3 && round == 3 {
				continue
			}
			if round == 2 && (number == 3 || number == 7) {
				record.Value = nil
				delete(last, string(record.Key))
			} else {
				last[string(record.Key)] = string(record.Value)
			}
			records = append(records, record)
		}
		if err := all.send(topic, Sending{}, records); err != nil {
			return "", err
		}
		written += int64(len(records))
	}
	refused := all.send(topic, Sending{}, []Record{{Value: []byte("without a key")}})
	if refused == nil || !strings.Contains(refused.Error(), "ecord") {
		return "", fmt.Errorf("a record without a key: %v", refused)
	}
	folded := map[string]string{}
	// The last record of all is that of key 9, and stays.
	err = all.scan(topic, written-1, func(found Record) error {
		folded[string(found.Key)] = string(found.Value)
		if len(found.Value) == 0 {
			delete(folded, string(found.Key))
		}
		return nil
	})
	if err == nil && fmt.Sprint(folded) != fmt.Sprint(last) {
		err = fmt.Errorf("%v instead of %v", folded, last)
	}
	return fmt.Sprintf("%d keys with their last values, 1 deleted; %v", len(folded), refused), err
}

func (all *scenarios) timeouts() (string, error) {
	topic, err := all.create("timeouts", 2)
	if err != nil {
		return "", err
	}
	reader, err := all.client.Open(topic, First)
	if err != nil {
		return "", err
	}
	defer reader.Close()
	begin := time.Now()
	records, err := reader.Poll(shortTime)
	took := time.Since(begin)
	if err != nil || len(records) > 0 || took < shortTime*8/10 || took > shortTime+slack {
		return "", fmt.Errorf("a poll of %v took %v, with %d records and error %v", shortTime, took, len(records), err)
	}
	begin = time.Now()
	refused := all.send(topic, Sending{Limit: 2 * shortTime}, []Record{{Partition: 99, Value: []byte("nowhere")}})
	if took := time.Since(begin); refused == nil || took > 2*shortTime+slack {
		return "", fmt.Errorf("sending to partition 99 took %v and ended with %v", took, refused)
	}
	return fmt.Sprintf("a poll in %v; %v", shortTime, refused), nil
}

func (all *scenarios) times() (string, error) {
	topic, err := all.only("times", 10)
	if err != nil {
		return "", err
	}
	for _, step := range []struct{ time, wanted int64 }{
		{First, 0}, {Last, 10}, {firstTimestampMs + 41, 5}, {firstTimestampMs + 1_041, -1},
	} {
		found, err := all.client.OffsetAt(topic, step.time)
		if err != nil {
			return "", err
		}
		if found != step.wanted {
			return "", fmt.Errorf("offset %d at %d instead of %d", found, step.time, step.wanted)
		}
	}
	return "0, 10, 5, none", nil
}
