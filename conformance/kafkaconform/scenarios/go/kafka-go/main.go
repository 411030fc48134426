// kafka-go's side of the scenarios; compiles with every release from 0.4.17 on.
package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"

	"scenarios/harness"
)

var codecs = map[string]kafka.Compression{
	"none":   0,
	"gzip":   kafka.Gzip,
	"snappy": kafka.Snappy,
	"lz4":    kafka.Lz4,
	"zstd":   kafka.Zstd,
}

func main() {
	harness.Main([]string{"none", "gzip", "snappy", "lz4", "zstd"}, func(bootstrap string) (harness.Client, error) {
		admin := &kafka.Client{Addr: kafka.TCP(bootstrap), Timeout: harness.Deadline}
		return &client{bootstrap, admin}, nil
	})
}

type client struct {
	bootstrap string
	admin     *kafka.Client
}

func deadline() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), harness.Deadline)
}

// NullRecords: the library makes no difference between null and empty.
func (*client) NullRecords() bool { return false }

func (c *client) Create(topic string, partitions int32) error {
	ctx, cancel := deadline()
	defer cancel()
	response, err := c.admin.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{
		Topic: topic, NumPartitions: int(partitions), ReplicationFactor: 1,
		ConfigEntries: []kafka.ConfigEntry{{ConfigName: "retention.ms", ConfigValue: "-1"}},
	}}})
	if err != nil {
		return err
	}
	return response.Errors[topic]
}

func (c *client) Topics() ([]string, error) {
	ctx, cancel := deadline()
	defer cancel()
	response, err := c.admin.Metadata(ctx, &kafka.MetadataRequest{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, each := range response.Topics {
		names = append(names, each.Name)
	}
	return names, nil
}

func (c *client) Delete(topic string) error {
	ctx, cancel := deadline()
	defer cancel()
	response, err := c.admin.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: []string{topic}})
	if err != nil {
		return err
	}
	return response.Errors[topic]
}

// Produce uses one writer per partition: the library lets a balancer choose, never the message itself.
func (c *client) Produce(topic, codec string, records []harness.Record) error {
	messages := map[int][]kafka.Message{}
	for _, each := range records {
		message := kafka.Message{Key: each.Key, Value: each.Value, Time: time.UnixMilli(each.TimestampMs)}
		for _, header := range each.Headers {
			message.Headers = append(message.Headers, kafka.Header{Key: header.Key, Value: header.Value})
		}
		messages[int(each.Partition)] = append(messages[int(each.Partition)], message)
	}
	ctx, cancel := deadline()
	defer cancel()
	for partition, batch := range messages {
		writer := &kafka.Writer{Addr: kafka.TCP(c.bootstrap), Topic: topic, Compression: codecs[codec],
			RequiredAcks: kafka.RequireAll, BatchTimeout: 20 * time.Millisecond,
			Balancer: kafka.BalancerFunc(func(kafka.Message, ...int) int { return partition })}
		err := writer.WriteMessages(ctx, batch...)
		if closing := writer.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// member runs the library's generations, one after the other, and hands what they read to whoever polls.
type member struct {
	bootstrap, topic string
	group            *kafka.ConsumerGroup
	stop             context.CancelFunc
	stopped          chan error
	records          chan kafka.Message

	mutex      sync.Mutex
	generation *kafka.Generation
	read       map[int]int64
}

func (c *client) Join(topic, group string) (harness.Member, error) {
	consumers, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{ID: group, Brokers: []string{c.bootstrap},
		Topics: []string{topic}, StartOffset: kafka.FirstOffset, HeartbeatInterval: harness.HeartbeatTime,
		SessionTimeout: harness.SessionTime, RebalanceTimeout: harness.SessionTime})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{bootstrap: c.bootstrap, topic: topic, group: consumers, stop: cancel,
		stopped: make(chan error, 1), records: make(chan kafka.Message)}
	go m.run(ctx)
	return m, nil
}

func (m *member) run(ctx context.Context) {
	for ctx.Err() == nil {
		generation, err := m.group.Next(ctx)
		if err != nil {
			if ctx.Err() == nil && !errors.Is(err, kafka.RebalanceInProgress) {
				m.stopped <- err
				return
			}
			continue
		}
		m.mutex.Lock()
		m.generation, m.read = generation, map[int]int64{}
		m.mutex.Unlock()
		for _, assigned := range generation.Assignments[m.topic] {
			generation.Start(func(ctx context.Context) { m.consume(ctx, assigned) })
		}
	}
	m.stopped <- nil
}

func (m *member) consume(ctx context.Context, assigned kafka.PartitionAssignment) {
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{m.bootstrap}, Topic: m.topic,
		Partition: assigned.ID, MaxWait: harness.PollTime})
	defer reader.Close()
	if err := reader.SetOffset(assigned.Offset); err != nil {
		return
	}
	for {
		message, err := reader.ReadMessage(ctx)
		if err != nil {
			return
		}
		select {
		case m.records <- message:
		case <-ctx.Done():
			return
		}
	}
}

func (m *member) Poll() ([]harness.Record, error) {
	select {
	case err := <-m.stopped:
		m.stopped <- err
		return nil, err
	case <-time.After(harness.PollTime):
		return nil, nil
	case each := <-m.records:
		m.mutex.Lock()
		m.read[each.Partition] = each.Offset + 1
		m.mutex.Unlock()
		record := harness.Record{Partition: int32(each.Partition), Offset: each.Offset, Key: each.Key,
			Value: each.Value, TimestampMs: each.Time.UnixMilli()}
		for _, header := range each.Headers {
			record.Headers = append(record.Headers, harness.Header{Key: header.Key, Value: header.Value})
		}
		return []harness.Record{record}, nil
	}
}

func (m *member) Commit() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.generation.CommitOffsets(map[string]map[int]int64{m.topic: m.read})
}

func (m *member) Assignment() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.generation == nil {
		return 0
	}
	return len(m.generation.Assignments[m.topic])
}

func (m *member) Close() error {
	m.stop()
	err := m.group.Close()
	if stopped := <-m.stopped; err == nil {
		err = stopped
	}
	m.stopped <- nil
	return err
}
