package harness

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
)

// readers remembers what members have read: partition -> offsets.
type readers map[int32]map[int64]bool

// poll polls every member once.
func (read readers) poll(members ...Member) error {
	for _, member := range members {
		records, err := member.Poll(PollTime / 2)
		if err != nil {
			return err
		}
		for _, record := range records {
			if read[record.Partition] == nil {
				read[record.Partition] = map[int64]bool{}
			}
			read[record.Partition][record.Offset] = true
		}
	}
	return nil
}

// share polls until each of the members has so many partitions, and none is with two.
func (read readers) share(partitions int, members ...Member) error {
	return until(fmt.Sprintf("%d partitions for each of %d members", partitions, len(members)), func() (bool, error) {
		if err := read.poll(members...); err != nil {
			return false, err
		}
		held := map[int32]bool{}
		settled := true
		for _, member := range members {
			assigned := member.Assignment()
			settled = settled && len(assigned) == partitions
			for _, partition := range assigned {
				held[partition] = true
			}
		}
		return settled && len(held) == partitions*len(members), nil
	})
}

// below polls until the members have read all records below an offset in each of four partitions.
func (read readers) below(end int, members ...Member) error {
	return until(fmt.Sprintf("records below %d", end), func() (bool, error) {
		if err := read.poll(members...); err != nil {
			return false, err
		}
		for partition := int32(0); partition < 4; partition++ {
			if len(read[partition]) != end {
				return false, nil
			}
		}
		return true, nil
	})
}

// sharing is a group whose members share a topic of four partitions.
type sharing struct {
	all          *scenarios
	topic, group string
	read         readers
	end          int
}

func (all *scenarios) sharing(name string) (*sharing, error) {
	topic, err := all.create(name, 4)
	return &sharing{all: all, topic: topic, group: all.prefix + "-" + name, read: readers{}}, err
}

func (s *sharing) join(joining Joining) (Member, error) {
	joining.Reset = "earliest"
	return s.all.client.Join(s.topic, s.group, joining)
}

// carry sends one more record to each partition, which the members read.
func (s *sharing) carry(members ...Member) error {
	if err := s.all.fill("none", s.topic, 4, int64(s.end), int64(s.end)+1); err != nil {
		return err
	}
	s.end++
	return s.read.below(s.end, members...)
}

// both has a second member join the first, share with it, and close.
func (s *sharing) both(first Member, joining Joining, during func(second Member) error) error {
	second, err := s.join(joining)
	if err != nil {
		return err
	}
	err = s.read.share(2, first, second)
	if err == nil {
		err = during(second)
	}
	if closing := second.Close(); err == nil {
		err = closing
	}
	return err
}

func (all *scenarios) rebalance() (string, error) { return all.comeAndGo("rebalance", "") }

func (all *scenarios) strategy(name string) (string, error) {
	return all.comeAndGo("strategy-"+name, name)
}

func (all *scenarios) comeAndGo(name, strategy string) (string, error) {
	s, err := all.sharing(name)
	if err != nil {
		return "", err
	}
	first, err := s.join(Joining{Strategy: strategy})
	if err != nil {
		return "", err
	}
	defer first.Close()
	if err := s.read.share(4, first); err != nil {
		return "", err
	}
	if err := s.carry(first); err != nil {
		return "", err
	}
	err = s.both(first, Joining{Strategy: strategy}, func(second Member) error { return s.carry(first, second) })
	if err != nil {
		return "", err
	}
	if err := s.read.share(4, first); err != nil {
		return "", err
	}
	if err := s.carry(first); err != nil {
		return "", err
	}
	// A cooperative member gives up what the other is to have, an eager one everything at every rebalance.
	revoked := len(distinct(first.Revoked()))
	if strategy != "" && revoked != map[bool]int{true: 2, false: 4}[strings.HasPrefix(strategy, "cooperative")] {
		return "", fmt.Errorf("%d partitions were revoked of the first member", revoked)
	}
	return fmt.Sprintf("2 and 2, then 4; the first member kept %d all through", 4-revoked), nil
}

func distinct(partitions []int32) []int32 {
	sort.Slice(partitions, func(one, other int) bool { return partitions[one] < partitions[other] })
	var found []int32
	for _, partition := range partitions {
		if len(found) == 0 || found[len(found)-1] != partition {
			found = append(found, partition)
		}
	}
	return found
}

func (all *scenarios) static() (string, error) {
	s, err := all.sharing("static")
	if err != nil {
		return "", err
	}
	first, err := s.join(Joining{Instance: "one"})
	if err != nil {
		return "", err
	}
	defer first.Close()
	var before []int32
	err = s.both(first, Joining{Instance: "two"}, func(second Member) error {
		before = distinct(second.Assignment())
		return nil
	})
	if err != nil {
		return "", err
	}
	revoked := len(first.Revoked())
	err = s.both(first, Joining{Instance: "two"}, func(again Member) error {
		if after := distinct(again.Assignment()); fmt.Sprint(after) != fmt.Sprint(before) {
			return fmt.Errorf("the member that came back has %v instead of %v", after, before)
		}
		return s.carry(first, again)
	})
	if err == nil && len(first.Revoked()) != revoked {
		err = fmt.Errorf("%v were revoked of the other member", first.Revoked()[revoked:])
	}
	return "2 and 2, then the same 2 again", err
}

// silent cuts the network of a member, so that its heartbeats stop: Go's libraries go on with them whether their user polls or not.
func (all *scenarios) silent() (string, error) {
	s, err := all.sharing("silent")
	if err != nil {
		return "", err
	}
	first, err := s.join(Joining{})
	if err != nil {
		return "", err
	}
	defer first.Close()
	network := &Network{}
	second, err := s.join(Joining{Network: network})
	if err != nil {
		return "", err
	}
	if err := s.read.share(2, first, second); err != nil {
		return "", err
	}
	network.Cut()
	// It cannot leave any more, and may try for long.
	go second.Close()
	if err := s.read.share(4, first); err != nil {
		return "", err
	}
	return "2 and 2, then 4 for who is still heard", s.carry(first)
}

// restart keeps a producer and a member of a group open while the broker is restarted; it may have forgotten everything.
func (all *scenarios) restart() (string, error) {
	topic, err := all.create("restart", 1)
	if err != nil {
		return "", err
	}
	producer, err := all.client.Produce(topic, Sending{})
	if err != nil {
		return "", err
	}
	member, err := all.client.Join(topic, all.prefix+"-restart", Joining{Reset: "earliest"})
	if err != nil {
		return "", err
	}
	// More than after it: where the broker begins anew, the member must not take the new end for where it was.
	for _, first := range []int{0, 10} {
		if err := carryValues(producer, member, first); err != nil {
			return "", err
		}
	}
	fmt.Println(`{"please": "restart"}`)
	if !bufio.NewScanner(os.Stdin).Scan() {
		return "", errors.New("nobody restarted the broker")
	}
	// The client that manages topics has lost its connections, too, and some leave it to their user to ask again.
	err = until("the topic is there again", func() (bool, error) {
		made := all.client.Create(topic, 1, nil)
		return made == nil || exists(made), nil
	})
	if err != nil {
		return "", err
	}
	if err := carryValues(producer, member, 20); err != nil {
		return "", err
	}
	return "20 before and 10 after", nil
}

// carryValues sends ten values, reads on until all of them have come, and commits. What the library tells of its losing the broker
// is not the end: it goes on by itself, or the values do not come.
func carryValues(producer Producer, member Member, first int) error {
	missing := map[string]bool{}
	for value := first; value < first+10; value++ {
		text := fmt.Sprintf("value-%d", value)
		if err := producer.Send([]Record{{Value: []byte(text)}}); err != nil {
			return fmt.Errorf("sending %s: %w", text, err)
		}
		missing[text] = true
	}
	var told error
	err := until(fmt.Sprintf("ten values from %d", first), func() (bool, error) {
		records, err := member.Poll(PollTime)
		if err != nil {
			told = err
		}
		for _, record := range records {
			delete(missing, string(record.Value))
		}
		return len(missing) == 0, nil
	})
	if err != nil {
		return fmt.Errorf("%w; the library told: %v", err, told)
	}
	return member.Commit()
}
