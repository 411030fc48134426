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
		admin, err := sarama.NewClusterAdmin([]string{bootstrap}, settings())
		return &client{[]string{bootstrap}, admin}, err
	})
}

type client struct {
	bootstrap []string
	admin     sarama.ClusterAdmin
}

// settings are of the newest Kafka that the library knows.
func settings() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	return config
}

func (*client) NullRecords() bool { return true }

func (c *client) Create(topic string, partitions int32) error {
	forever := "-1"
	detail := &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1,
		ConfigEntries: map[string]*string{"retention.ms": &forever}}
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

func (c *client) Delete(topic string) error { return c.admin.DeleteTopic(topic) }

// encoded keeps null apart from empty.
func encoded(content []byte) sarama.Encoder {
	if content == nil {
		return nil
	}
	return sarama.ByteEncoder(content)
}

func (c *client) Produce(topic, codec string, records []harness.Record) error {
	config := settings()
	config.Producer.Compression = codecs[codec]
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Idempotent = true
	config.Net.MaxOpenRequests = 1
	producer, err := sarama.NewSyncProducer(c.bootstrap, config)
	if err != nil {
		return err
	}
	var sent []*sarama.ProducerMessage
	for _, each := range records {
		message := &sarama.ProducerMessage{Topic: topic, Partition: each.Partition, Key: encoded(each.Key),
			Value: encoded(each.Value), Timestamp: time.UnixMilli(each.TimestampMs)}
		for _, header := range each.Headers {
			message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(header.Key), Value: header.Value})
		}
		sent = append(sent, message)
	}
	err = producer.SendMessages(sent)
	if failed, ok := err.(sarama.ProducerErrors); ok {
		err = failed[0].Err
	}
	if closing := producer.Close(); err == nil {
		err = closing
	}
	return err
}

// member hands what the library's own goroutines read to whoever polls.
type member struct {
	topic   string
	group   sarama.ConsumerGroup
	stop    context.CancelFunc
	stopped chan error
	records chan *sarama.ConsumerMessage

	mutex   sync.Mutex
	session sarama.ConsumerGroupSession
}

func (c *client) Join(topic, group string) (harness.Member, error) {
	config := settings()
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.AutoCommit.Enable = false
	config.Consumer.Group.Heartbeat.Interval = harness.HeartbeatTime
	config.Consumer.Group.Session.Timeout = harness.SessionTime
	consumers, err := sarama.NewConsumerGroup(c.bootstrap, group, config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{topic: topic, group: consumers, stop: cancel, stopped: make(chan error, 1),
		records: make(chan *sarama.ConsumerMessage)}
	go m.run(ctx)
	return m, nil
}

func (m *member) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := m.group.Consume(ctx, []string{m.topic}, m)
		if errors.Is(err, sarama.ErrOffsetsLoadInProgress) {
			// A coordinator that has just begun; the library leaves it to its user to try again.
			time.Sleep(harness.PollTime)
		} else if err != nil && ctx.Err() == nil {
			m.stopped <- err
			return
		}
	}
	m.stopped <- nil
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.session = session
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error { return m.Setup(nil) }

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		select {
		case m.records <- message:
		case <-session.Context().Done():
			return nil
		}
	}
	return nil
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
		if m.session != nil {
			m.session.MarkMessage(each, "")
		}
		m.mutex.Unlock()
		record := harness.Record{Partition: each.Partition, Offset: each.Offset, Key: each.Key, Value: each.Value,
			TimestampMs: each.Timestamp.UnixMilli()}
		for _, header := range each.Headers {
			record.Headers = append(record.Headers, harness.Header{Key: string(header.Key), Value: header.Value})
		}
		return []harness.Record{record}, nil
	}
}

func (m *member) Commit() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.session.Commit()
	return nil
}

func (m *member) Assignment() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.session == nil {
		return 0
	}
	return len(m.session.Claims()[m.topic])
}

func (m *member) Close() error {
	m.stop()
	err := <-m.stopped
	m.stopped <- err
	if closing := m.group.Close(); err == nil {
		err = closing
	}
	return err
}
