// franz-go's side of the scenarios; compiles with every release from 1.0 on.
package main

import (
	"context"
	"errors"
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

func (*client) Abilities() harness.Abilities {
	return harness.Abilities{NullRecords: true, Static: true, Idempotence: true,
		Strategies: []string{"range", "roundrobin", "sticky", "cooperative-sticky"},
		Resets:     []string{"earliest", "latest"}, OutOfRange: []string{"earliest", "latest", "none"}}
}

type producer struct {
	topic  string
	client *kgo.Client
}

func (c *client) Produce(topic string, sending harness.Sending) (harness.Producer, error) {
	settings := []kgo.Opt{kgo.SeedBrokers(c.bootstrap), kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(20 * time.Millisecond)}
	if sending.Codec != "" {
		settings = append(settings, kgo.ProducerBatchCompression(codecs[sending.Codec]))
	}
	if sending.Small {
		settings = append(settings, kgo.ProducerBatchMaxBytes(1024), kgo.ProducerLinger(0))
	}
	if sending.Limit != 0 {
		settings = append(settings, kgo.RecordDeliveryTimeout(sending.Limit))
	}
	made, err := kgo.NewClient(settings...)
	return &producer{topic, made}, err
}

func (p *producer) Send(records []harness.Record) error {
	var sent []*kgo.Record
	for _, each := range records {
		record := &kgo.Record{Topic: p.topic, Partition: each.Partition, Key: each.Key, Value: each.Value}
		if each.TimestampMs != 0 {
			record.Timestamp = time.UnixMilli(each.TimestampMs)
		}
		for _, header := range each.Headers {
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: header.Key, Value: header.Value})
		}
		sent = append(sent, record)
	}
	ctx, cancel := deadline()
	defer cancel()
	return p.client.ProduceSync(ctx, sent...).FirstErr()
}

func (p *producer) Close() error {
	p.client.Close()
	return nil
}

// poll waits for records; what the library says about data that was lost is no failure where it was told to go on.
func poll(client *kgo.Client, wait time.Duration) ([]harness.Record, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	fetches := client.PollFetches(ctx)
	for _, failed := range fetches.Errors() {
		var lost *kgo.ErrDataLoss
		if !errors.As(failed.Err, &lost) && !errors.Is(failed.Err, context.DeadlineExceeded) {
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

type reader struct {
	*client
	topic    string
	consumer *kgo.Client
}

func (c *client) Open(topic string, offset int64) (harness.Seeker, error) {
	start := kgo.NewOffset().At(offset)
	switch offset {
	case harness.First:
		start = kgo.NewOffset().AtStart()
	case harness.Last:
		start = kgo.NewOffset().AtEnd()
	}
	consumer, err := kgo.NewClient(kgo.SeedBrokers(c.bootstrap),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: start}}))
	return &reader{c, topic, consumer}, err
}

// Seek looks the ends up: the library takes offsets only.
func (r *reader) Seek(offset int64) error {
	if offset < 0 {
		var err error
		if offset, err = r.OffsetAt(r.topic, offset); err != nil {
			return err
		}
	}
	r.consumer.SetOffsets(map[string]map[int32]kgo.EpochOffset{r.topic: {0: {Epoch: -1, Offset: offset}}})
	return nil
}

func (r *reader) Poll(wait time.Duration) ([]harness.Record, error) { return poll(r.consumer, wait) }

func (r *reader) Close() error {
	r.consumer.Close()
	return nil
}

type member struct {
	harness.Holdings
	topic  string
	client *kgo.Client
	purged bool
}

var (
	strategies = map[string]kgo.GroupBalancer{
		"":                   kgo.CooperativeStickyBalancer(),
		"range":              kgo.RangeBalancer(),
		"roundrobin":         kgo.RoundRobinBalancer(),
		"sticky":             kgo.StickyBalancer(),
		"cooperative-sticky": kgo.CooperativeStickyBalancer(),
	}
	resets = map[string]kgo.Offset{
		"earliest": kgo.NewOffset().AtStart(),
		"latest":   kgo.NewOffset().AtEnd(),
		"none":     kgo.NoResetOffset(),
	}
)

func (c *client) Join(topic, group string, joining harness.Joining) (harness.Member, error) {
	m := &member{topic: topic}
	assigned := func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) { m.Gain(partitions[topic]...) }
	revoked := func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) { m.Lose(partitions[topic]...) }
	settings := []kgo.Opt{kgo.SeedBrokers(c.bootstrap), kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(resets[joining.Reset]), kgo.DisableAutoCommit(), kgo.Balancers(strategies[joining.Strategy]),
		kgo.HeartbeatInterval(harness.HeartbeatTime), kgo.SessionTimeout(harness.SessionTime),
		kgo.OnPartitionsAssigned(assigned), kgo.OnPartitionsRevoked(revoked), kgo.OnPartitionsLost(revoked)}
	if joining.Instance != "" {
		settings = append(settings, kgo.InstanceID(joining.Instance))
	}
	if joining.Network != nil {
		settings = append(settings, kgo.Dialer(joining.Network.DialContext))
	}
	var err error
	m.client, err = kgo.NewClient(settings...)
	return m, err
}

// Poll does what the library asks of its users where a topic was made anew: without it, it never goes on.
func (m *member) Poll(wait time.Duration) ([]harness.Record, error) {
	records, err := poll(m.client, wait)
	if errors.Is(err, kerr.UnknownTopicID) && !m.purged {
		m.purged = true
		m.client.PurgeTopicsFromClient(m.topic)
		m.client.AddConsumeTopics(m.topic)
	}
	return records, err
}

func (m *member) Commit() error {
	ctx, cancel := deadline()
	defer cancel()
	return m.client.CommitUncommittedOffsets(ctx)
}

func (m *member) CommitAt(topic string, offset int64) (err error) {
	ctx, cancel := deadline()
	defer cancel()
	offsets := map[string]map[int32]kgo.EpochOffset{topic: {0: {Epoch: -1, Offset: offset}}}
	m.client.CommitOffsetsSync(ctx, offsets,
		func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, failed error) {
			if err = failed; err == nil {
				err = kerr.ErrorForCode(response.Topics[0].Partitions[0].ErrorCode)
			}
		})
	return err
}

func (m *member) Close() error {
	m.client.Close()
	return nil
}
