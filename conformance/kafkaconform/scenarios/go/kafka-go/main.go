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
		// The library answers from what it remembers of the cluster, and writers of it ask no further.
		transport := &kafka.Transport{MetadataTTL: harness.PollTime}
		admin := &kafka.Client{Addr: kafka.TCP(bootstrap), Timeout: harness.Deadline, Transport: transport}
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

// Abilities: the library makes no difference between null and empty, and has neither static members nor idempotent producers. An
// offset beyond the end it takes for one that is still to come.
func (*client) Abilities() harness.Abilities {
	return harness.Abilities{Strategies: []string{"range", "roundrobin"}, Resets: []string{"earliest", "latest"}}
}

func (c *client) Create(topic string, partitions int32, configs map[string]string) error {
	ctx, cancel := deadline()
	defer cancel()
	wanted := kafka.TopicConfig{Topic: topic, NumPartitions: int(partitions), ReplicationFactor: 1}
	for name, value := range configs {
		wanted.ConfigEntries = append(wanted.ConfigEntries, kafka.ConfigEntry{ConfigName: name, ConfigValue: value})
	}
	response, err := c.admin.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{wanted}})
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

func (c *client) Partitions(topic string) (int, error) {
	ctx, cancel := deadline()
	defer cancel()
	response, err := c.admin.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return 0, err
	}
	return len(response.Topics[0].Partitions), response.Topics[0].Error
}

// Enlarge names the brokers of the new partitions: older releases leave them out in a way that Kafka refuses.
func (c *client) Enlarge(topic string, partitions int32) error {
	ctx, cancel := deadline()
	defer cancel()
	found, err := c.admin.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return err
	}
	there := found.Topics[0].Partitions
	wanted := kafka.TopicPartitionsConfig{Name: topic, Count: partitions}
	for partition := len(there); partition < int(partitions); partition++ {
		replicas := kafka.TopicPartitionAssignment{BrokerIDs: []int32{int32(there[0].Leader.ID)}}
		wanted.TopicPartitionAssignments = append(wanted.TopicPartitionAssignments, replicas)
	}
	response, err := c.admin.CreatePartitions(ctx,
		&kafka.CreatePartitionsRequest{Topics: []kafka.TopicPartitionsConfig{wanted}})
	if err != nil {
		return err
	}
	return response.Errors[topic]
}

// OffsetAt: the library sorts the answers by what was asked for.
func (c *client) OffsetAt(topic string, timestampMs int64) (int64, error) {
	ctx, cancel := deadline()
	defer cancel()
	response, err := c.admin.ListOffsets(ctx, &kafka.ListOffsetsRequest{
		Topics: map[string][]kafka.OffsetRequest{topic: {{Partition: 0, Timestamp: timestampMs}}}})
	if err != nil {
		return 0, err
	}
	found := response.Topics[topic][0]
	switch {
	case timestampMs == harness.First:
		return found.FirstOffset, found.Error
	case timestampMs == harness.Last:
		return found.LastOffset, found.Error
	}
	for offset := range found.Offsets {
		return offset, found.Error
	}
	return -1, found.Error
}

type producer struct {
	*client
	topic   string
	sending harness.Sending
	writers map[int32]*kafka.Writer
}

func (c *client) Produce(topic string, sending harness.Sending) (harness.Producer, error) {
	return &producer{c, topic, sending, map[int32]*kafka.Writer{}}, nil
}

// writer is one per partition: the library lets a balancer choose, never the message itself.
func (p *producer) writer(partition int32) *kafka.Writer {
	if p.writers[partition] == nil {
		p.writers[partition] = &kafka.Writer{Addr: kafka.TCP(p.bootstrap), Transport: p.admin.Transport, Topic: p.topic,
			Compression: codecs[p.sending.Codec], RequiredAcks: kafka.RequireAll, BatchTimeout: 20 * time.Millisecond,
			Balancer: kafka.BalancerFunc(func(kafka.Message, ...int) int { return int(partition) })}
	}
	return p.writers[partition]
}

func (p *producer) Send(records []harness.Record) error {
	messages := map[int32][]kafka.Message{}
	for _, each := range records {
		message := kafka.Message{Key: each.Key, Value: each.Value}
		if each.TimestampMs != 0 {
			message.Time = time.UnixMilli(each.TimestampMs)
		}
		for _, header := range each.Headers {
			message.Headers = append(message.Headers, kafka.Header{Key: header.Key, Value: header.Value})
		}
		messages[each.Partition] = append(messages[each.Partition], message)
	}
	ctx, cancel := deadline()
	defer cancel()
	if p.sending.Limit != 0 {
		ctx, cancel = context.WithTimeout(ctx, p.sending.Limit)
		defer cancel()
	}
	for partition, batch := range messages {
		err := p.writer(partition).WriteMessages(ctx, batch...)
		var failed kafka.WriteErrors
		if errors.As(err, &failed) {
			err = failed[0]
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *producer) Close() (err error) {
	for _, writer := range p.writers {
		if closing := writer.Close(); err == nil {
			err = closing
		}
	}
	return err
}

// heard is a message as a user sees it.
func heard(message kafka.Message) harness.Record {
	record := harness.Record{Partition: int32(message.Partition), Offset: message.Offset, Key: message.Key,
		Value: message.Value, TimestampMs: message.Time.UnixMilli()}
	for _, header := range message.Headers {
		record.Headers = append(record.Headers, harness.Header{Key: header.Key, Value: header.Value})
	}
	return record
}

type reader struct{ *kafka.Reader }

func (c *client) Open(topic string, offset int64) (harness.Seeker, error) {
	r := reader{kafka.NewReader(kafka.ReaderConfig{Brokers: []string{c.bootstrap}, Topic: topic, MaxWait: harness.PollTime})}
	return r, r.SetOffset(offset)
}

func (r reader) Seek(offset int64) error { return r.SetOffset(offset) }

func (r reader) Poll(wait time.Duration) ([]harness.Record, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	message, err := r.ReadMessage(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, nil
	}
	return []harness.Record{heard(message)}, err
}

// member runs the library's generations, one after the other, and hands what they read to whoever polls.
type member struct {
	harness.Holdings
	bootstrap, topic string
	dialer           *kafka.Dialer
	group            *kafka.ConsumerGroup
	stop             context.CancelFunc
	stopped          chan struct{}
	errors           chan error
	records          chan kafka.Message

	mutex      sync.Mutex
	generation *kafka.Generation
	read       map[int]int64
}

var balancers = map[string]kafka.GroupBalancer{
	"": kafka.RangeGroupBalancer{}, "range": kafka.RangeGroupBalancer{}, "roundrobin": kafka.RoundRobinGroupBalancer{},
}

func (c *client) Join(topic, group string, joining harness.Joining) (harness.Member, error) {
	dialer := &kafka.Dialer{Timeout: harness.Deadline}
	if joining.Network != nil {
		dialer.DialFunc = joining.Network.DialContext
	}
	start := kafka.FirstOffset
	if joining.Reset == "latest" {
		start = kafka.LastOffset
	}
	consumers, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{ID: group, Brokers: []string{c.bootstrap},
		Topics: []string{topic}, StartOffset: start, HeartbeatInterval: harness.HeartbeatTime, Dialer: dialer,
		GroupBalancers: []kafka.GroupBalancer{balancers[joining.Strategy]}, JoinGroupBackoff: harness.PollTime,
		SessionTimeout: harness.SessionTime, RebalanceTimeout: harness.SessionTime})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{bootstrap: c.bootstrap, topic: topic, dialer: dialer, group: consumers, stop: cancel,
		stopped: make(chan struct{}), errors: make(chan error, 1), records: make(chan kafka.Message)}
	go m.run(ctx)
	return m, nil
}

func (m *member) run(ctx context.Context) {
	defer close(m.stopped)
	for ctx.Err() == nil {
		generation, err := m.group.Next(ctx)
		if err != nil {
			// The library tries again itself after a rebalance, and what it calls temporary, such as a coordinator that has just begun.
			var told kafka.Error
			passes := errors.As(err, &told) && (told.Temporary() || told == kafka.RebalanceInProgress)
			if ctx.Err() == nil && !passes {
				m.failed(err)
			}
			continue
		}
		m.begin(generation)
		for _, assigned := range generation.Assignments[m.topic] {
			generation.Start(func(ctx context.Context) { m.consume(ctx, assigned) })
		}
	}
}

// failed keeps an error for whoever polls; others before it have been enough.
func (m *member) failed(err error) {
	select {
	case m.errors <- err:
	default:
	}
}

// begin a generation: everything that the one before had is revoked.
func (m *member) begin(generation *kafka.Generation) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.generation, m.read = generation, map[int]int64{}
	m.Lose(m.Assignment()...)
	for _, assigned := range generation.Assignments[m.topic] {
		m.Gain(int32(assigned.ID))
	}
}

func (m *member) consume(ctx context.Context, assigned kafka.PartitionAssignment) {
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{m.bootstrap}, Topic: m.topic, Dialer: m.dialer,
		Partition: assigned.ID, MaxWait: harness.PollTime})
	defer reader.Close()
	if err := reader.SetOffset(assigned.Offset); err != nil {
		m.failed(err)
		return
	}
	for {
		message, err := reader.ReadMessage(ctx)
		if err != nil {
			if ctx.Err() == nil {
				m.failed(err)
			}
			return
		}
		select {
		case m.records <- message:
		case <-ctx.Done():
			return
		}
	}
}

func (m *member) Poll(wait time.Duration) ([]harness.Record, error) {
	select {
	case err := <-m.errors:
		return nil, err
	case <-time.After(wait):
		return nil, nil
	case message := <-m.records:
		m.mutex.Lock()
		m.read[message.Partition] = message.Offset + 1
		m.mutex.Unlock()
		return []harness.Record{heard(message)}, nil
	}
}

func (m *member) Commit() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.generation.CommitOffsets(map[string]map[int]int64{m.topic: m.read})
}

func (m *member) CommitAt(topic string, offset int64) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.generation.CommitOffsets(map[string]map[int]int64{topic: {0: offset}})
}

func (m *member) Close() error {
	m.stop()
	err := m.group.Close()
	<-m.stopped
	return err
}
