// franz-go's side of the scenarios; compiles with every release from 1.0 on.
package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"scenarios/harness"
)

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

func main() {
	harness.Main([]string{"none", "gzip", "snappy", "lz4", "zstd"}, func(bootstrap string) (harness.Client, error) {
		admin, err := kgo.NewClient(kgo.SeedBrokers(bootstrap))
		return &client{bootstrap, admin}, err
	})
}

type client struct {
	bootstrap string
	admin     *kgo.Client
}

func deadline() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), harness.Deadline)
}

func (*client) NullRecords() bool { return true }

func (c *client) Create(topic string, partitions int32) error {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewCreateTopicsRequest()
	wanted := kmsg.NewCreateTopicsRequestTopic()
	wanted.Topic, wanted.NumPartitions, wanted.ReplicationFactor = topic, partitions, 1
	config := kmsg.NewCreateTopicsRequestTopicConfig()
	forever := "-1"
	config.Name, config.Value = "retention.ms", &forever
	wanted.Configs = append(wanted.Configs, config)
	request.Topics = append(request.Topics, wanted)
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return err
	}
	return kerr.ErrorForCode(response.Topics[0].ErrorCode)
}

func (c *client) Topics() ([]string, error) {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewMetadataRequest()
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, each := range response.Topics {
		names = append(names, *each.Topic)
	}
	return names, nil
}

func (c *client) Delete(topic string) error {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewDeleteTopicsRequest()
	request.TopicNames = append(request.TopicNames, topic)
	named := kmsg.NewDeleteTopicsRequestTopic()
	named.Topic = &topic
	request.Topics = append(request.Topics, named)
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return err
	}
	return kerr.ErrorForCode(response.Topics[0].ErrorCode)
}

func (c *client) Produce(topic, codec string, records []harness.Record) error {
	producer, err := kgo.NewClient(kgo.SeedBrokers(c.bootstrap), kgo.ProducerBatchCompression(codecs[codec]),
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(20*time.Millisecond))
	if err != nil {
		return err
	}
	defer producer.Close()
	var sent []*kgo.Record
	for _, each := range records {
		record := &kgo.Record{Topic: topic, Partition: each.Partition, Key: each.Key, Value: each.Value,
			Timestamp: time.UnixMilli(each.TimestampMs)}
		for _, header := range each.Headers {
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: header.Key, Value: header.Value})
		}
		sent = append(sent, record)
	}
	ctx, cancel := deadline()
	defer cancel()
	return producer.ProduceSync(ctx, sent...).FirstErr()
}

type member struct {
	client *kgo.Client
	mutex  sync.Mutex
	count  int
}

func (c *client) Join(topic, group string) (harness.Member, error) {
	m := &member{}
	changed := func(sign int) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
			m.mutex.Lock()
			defer m.mutex.Unlock()
			m.count += sign * len(partitions[topic])
		}
	}
	var err error
	m.client, err = kgo.NewClient(kgo.SeedBrokers(c.bootstrap), kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.DisableAutoCommit(),
		kgo.HeartbeatInterval(harness.HeartbeatTime), kgo.SessionTimeout(harness.SessionTime),
		kgo.OnPartitionsAssigned(changed(1)), kgo.OnPartitionsRevoked(changed(-1)), kgo.OnPartitionsLost(changed(-1)))
	return m, err
}

func (m *member) Poll() ([]harness.Record, error) {
	ctx, cancel := context.WithTimeout(context.Background(), harness.PollTime)
	defer cancel()
	fetches := m.client.PollFetches(ctx)
	for _, failed := range fetches.Errors() {
		if !errors.Is(failed.Err, context.DeadlineExceeded) && !strings.Contains(failed.Err.Error(), "deadline") {
			return nil, failed.Err
		}
	}
	var records []harness.Record
	for iterator := fetches.RecordIter(); !iterator.Done(); {
		each := iterator.Next()
		record := harness.Record{Partition: each.Partition, Offset: each.Offset, Key: each.Key, Value: each.Value,
			TimestampMs: each.Timestamp.UnixMilli()}
		for _, header := range each.Headers {
			record.Headers = append(record.Headers, harness.Header{Key: header.Key, Value: header.Value})
		}
		records = append(records, record)
	}
	return records, nil
}

func (m *member) Commit() error {
	ctx, cancel := deadline()
	defer cancel()
	return m.client.CommitUncommittedOffsets(ctx)
}

func (m *member) Assignment() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.count
}

func (m *member) Close() error {
	m.client.Close()
	return nil
}
