// sarama's side of the scenarios; compiles with today's releases and, by its old import path, with those since 1.29.
package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/IBM/sarama"

	"scenarios/harness"
)

var codecs = map[string]sarama.CompressionCodec{
	"none":   sarama.CompressionNone,
	"gzip":   sarama.CompressionGZIP,
	"snappy": sarama.CompressionSnappy,
	"lz4":    sarama.CompressionLZ4,
	"zstd":   sarama.CompressionZSTD,
}

func main() {
	harness.Main([]string{"none", "gzip", "snappy", "lz4", "zstd"}, func(bootstrap string) (harness.Client, error) {
		connected, err := sarama.NewClient([]string{bootstrap}, settings())
		if err != nil {
			return nil, err
		}
		admin, err := sarama.NewClusterAdminFromClient(connected)
		return &client{[]string{bootstrap}, connected, admin}, err
	})
}

type client struct {
	bootstrap []string
	connected sarama.Client
	admin     sarama.ClusterAdmin
}

// settings are of the newest Kafka that the library knows; a broker that restarts is waited for.
func settings() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Metadata.Retry.Max = 100
	config.Metadata.Retry.Backoff = 100 * time.Millisecond
	return config
}

func (c *client) Create(topic string, partitions int32, configs map[string]string) error {
	entries := map[string]*string{}
	for name := range configs {
		value := configs[name]
		entries[name] = &value
	}
	detail := &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: entries}
	return c.admin.CreateTopic(topic, detail, false)
}

func (c *client) Topics() ([]string, error) {
	listed, err := c.admin.ListTopics()
	var names []string
	for name := range listed {
		names = append(names, name)
	}
	return names, err
}

func (c *client) Partitions(topic string) (int, error) {
	described, err := c.admin.DescribeTopics([]string{topic})
	if err != nil {
		return 0, err
	}
	return len(described[0].Partitions), nil
}

func (c *client) Enlarge(topic string, partitions int32) error {
	return c.admin.CreatePartitions(topic, partitions, nil, false)
}

func (c *client) Delete(topic string) error { return c.admin.DeleteTopic(topic) }

func (c *client) OffsetAt(topic string, timestampMs int64) (int64, error) {
	return c.connected.GetOffset(topic, 0, timestampMs)
}

// encoded keeps null apart from empty.
func encoded(content []byte) sarama.Encoder {
	if content == nil {
		return nil
	}
	return sarama.ByteEncoder(content)
}

type producer struct {
	topic string
	sarama.SyncProducer
}

// Produce has one request under way at a time: more of them the library does not take where its producer is idempotent.
func (c *client) Produce(topic string, sending harness.Sending) (harness.Producer, error) {
	config := settings()
	config.Producer.Compression = codecs[sending.Codec]
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Idempotent = true
	config.Producer.Retry.Max = 100
	config.Net.MaxOpenRequests = 1
	if sending.Small {
		config.Producer.Flush.MaxMessages = 10
	}
	made, err := sarama.NewSyncProducer(c.bootstrap, config)
	return &producer{topic, made}, err
}

func (p *producer) Send(records []harness.Record) error {
	var sent []*sarama.ProducerMessage
	for _, each := range records {
		message := &sarama.ProducerMessage{Topic: p.topic, Partition: each.Partition, Key: encoded(each.Key),
			Value: encoded(each.Value)}
		if each.TimestampMs != 0 {
			message.Timestamp = time.UnixMilli(each.TimestampMs)
		}
		for _, header := range each.Headers {
			message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(header.Key), Value: header.Value})
		}
		sent = append(sent, message)
	}
	err := p.SendMessages(sent)
	if failed, ok := err.(sarama.ProducerErrors); ok {
		err = failed[0].Err
	}
	return err
}

// heard is a message as a user sees it.
func heard(message *sarama.ConsumerMessage) harness.Record {
	record := harness.Record{Partition: message.Partition, Offset: message.Offset, Key: message.Key, Value: message.Value,
		TimestampMs: message.Timestamp.UnixMilli()}
	for _, header := range message.Headers {
		record.Headers = append(record.Headers, harness.Header{Key: string(header.Key), Value: header.Value})
	}
	return record
}

// reader is put elsewhere by consuming anew: the library has no seek outside of groups.
type reader struct {
	topic     string
	consumer  sarama.Consumer
	partition sarama.PartitionConsumer
}

func (c *client) Open(topic string, offset int64) (harness.Seeker, error) {
	consumer, err := sarama.NewConsumer(c.bootstrap, settings())
	if err != nil {
		return nil, err
	}
	partition, err := consumer.ConsumePartition(topic, 0, offset)
	return &reader{topic, consumer, partition}, err
}

func (r *reader) Seek(offset int64) error {
	err := r.partition.Close()
	if err == nil {
		r.partition, err = r.consumer.ConsumePartition(r.topic, 0, offset)
	}
	return err
}

func (r *reader) Poll(wait time.Duration) ([]harness.Record, error) {
	select {
	case <-time.After(wait):
		return nil, nil
	case message := <-r.partition.Messages():
		return []harness.Record{heard(message)}, nil
	}
}

func (r *reader) Close() error {
	if err := r.partition.Close(); err != nil {
		return err
	}
	return r.consumer.Close()
}

// member hands what the library's own goroutines read to whoever polls.
type member struct {
	harness.Holdings
	topic   string
	group   sarama.ConsumerGroup
	stop    context.CancelFunc
	stopped chan struct{}
	errors  chan error
	records chan *sarama.ConsumerMessage

	mutex   sync.Mutex
	session sarama.ConsumerGroupSession
}

func (c *client) Join(topic, group string, joining harness.Joining) (harness.Member, error) {
	config := settings()
	config.Consumer.Offsets.AutoCommit.Enable = false
	config.Consumer.Group.Heartbeat.Interval = harness.HeartbeatTime
	config.Consumer.Group.Session.Timeout = harness.SessionTime
	config.Consumer.Retry.Backoff = harness.PollTime
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	if joining.Reset == "latest" {
		config.Consumer.Offsets.Initial = sarama.OffsetNewest
	}
	if joining.Network != nil {
		config.Net.Proxy.Enable, config.Net.Proxy.Dialer = true, joining.Network
	}
	choose(config, joining)
	consumers, err := sarama.NewConsumerGroup(c.bootstrap, group, config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{topic: topic, group: consumers, stop: cancel, stopped: make(chan struct{}), errors: make(chan error, 1),
		records: make(chan *sarama.ConsumerMessage)}
	go m.run(ctx)
	if config.Consumer.Return.Errors {
		go func() {
			for err := range consumers.Errors() {
				m.failed(err)
			}
		}()
	}
	return m, nil
}

// run begins again whenever a session has ended, as the library wants it.
func (m *member) run(ctx context.Context) {
	defer close(m.stopped)
	for ctx.Err() == nil {
		err := m.group.Consume(ctx, []string{m.topic}, m)
		if err != nil && ctx.Err() == nil {
			// A coordinator that has just begun is no failure; the library leaves it to its user to try again.
			if !errors.Is(err, sarama.ErrOffsetsLoadInProgress) {
				m.failed(err)
			}
			time.Sleep(harness.PollTime)
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

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.session = session
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error { return m.Setup(nil) }

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	m.Gain(claim.Partition())
	defer m.Lose(claim.Partition())
	for message := range claim.Messages() {
		select {
		case m.records <- message:
		case <-session.Context().Done():
			return nil
		}
	}
	return nil
}

func (m *member) Poll(wait time.Duration) ([]harness.Record, error) {
	select {
	case err := <-m.errors:
		return nil, err
	case <-time.After(wait):
		return nil, nil
	case message := <-m.records:
		m.mutex.Lock()
		defer m.mutex.Unlock()
		if m.session != nil {
			m.session.MarkMessage(message, "")
		}
		return []harness.Record{heard(message)}, nil
	}
}

func (m *member) Commit() error { return m.CommitAt(m.topic, -1) }

func (m *member) CommitAt(topic string, offset int64) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.session == nil {
		return errors.New("there is no session to commit in")
	}
	if offset >= 0 {
		m.session.MarkOffset(topic, 0, offset, "")
	}
	m.session.Commit()
	return nil
}

func (m *member) Close() error {
	m.stop()
	<-m.stopped
	return m.group.Close()
}
