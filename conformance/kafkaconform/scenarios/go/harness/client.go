package harness

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"
)

// Deadline bounds every wait of a check, PollTime one poll of a member.
const (
	Deadline      = 30 * time.Second
	PollTime      = 100 * time.Millisecond
	HeartbeatTime = 300 * time.Millisecond
	// SessionTime is the least that Kafka takes.
	SessionTime = 6 * time.Second
)

// First and Last stand for the ends of a partition, where an offset may be given.
const (
	First int64 = -2
	Last  int64 = -1
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

// Abilities are what not every library has.
type Abilities struct {
	// NullRecords says whether null and empty keys and values are told apart when read.
	NullRecords bool
	// Strategies of assignment, by Kafka's names.
	Strategies []string
	// Static members, which Close without leaving.
	Static bool
	// Resets are what it can be told to do without a commit: earliest, latest.
	Resets []string
	// OutOfRange is what it can be told to do with an offset out of range: earliest, latest, none.
	OutOfRange []string
	// Idempotence of producers.
	Idempotence bool
}

// Sending says how a producer sends.
type Sending struct {
	// Codec by Kafka's name; none where it is empty.
	Codec string
	// Small batches, of a few records each.
	Small bool
	// Limit of the time that sending may take, if it is not zero.
	Limit time.Duration
}

// Producer to one topic.
type Producer interface {
	// Send waits until all records are acknowledged.
	Send(records []Record) error
	Close() error
}

// Reader of records.
type Reader interface {
	// Poll waits for records.
	Poll(wait time.Duration) ([]Record, error)
	Close() error
}

// Seeker reads one partition outside of groups.
type Seeker interface {
	Reader
	// Seek to an offset, First or Last.
	Seek(offset int64) error
}

// Joining says how a member joins a group.
type Joining struct {
	// Strategy of assignment, by Kafka's name; the library's own choice where it is empty.
	Strategy string
	// Instance is the group.instance.id of a static member.
	Instance string
	// Reset as auto.offset.reset is told: earliest, latest, none.
	Reset string
	// Network that it uses, if it is not the machine's own.
	Network *Network
}

// Member of a group. Close leaves it, where the member is not static.
type Member interface {
	Reader
	// Commit commits everything that was polled.
	Commit() error
	// CommitAt commits an offset of partition 0.
	CommitAt(topic string, offset int64) error
	// Assignment is which partitions it has now.
	Assignment() []int32
	// Revoked is which partitions it has ever been told to give up.
	Revoked() []int32
}

// Holdings is what a member was told of its partitions.
type Holdings struct {
	mutex    sync.Mutex
	assigned []int32
	revoked  []int32
}

// Gain partitions.
func (h *Holdings) Gain(partitions ...int32) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.assigned = append(h.assigned, partitions...)
}

// Lose partitions.
func (h *Holdings) Lose(partitions ...int32) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.revoked = append(h.revoked, partitions...)
	var kept []int32
	for _, partition := range h.assigned {
		if !slices.Contains(partitions, partition) {
			kept = append(kept, partition)
		}
	}
	h.assigned = kept
}

// Assignment is which partitions it has now.
func (h *Holdings) Assignment() []int32 {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return slices.Clone(h.assigned)
}

// Revoked is which partitions it has ever been told to give up.
func (h *Holdings) Revoked() []int32 {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return slices.Clone(h.revoked)
}

// Client is what a library looks like to the scenarios.
type Client interface {
	Abilities() Abilities
	Create(topic string, partitions int32, configs map[string]string) error
	Topics() ([]string, error)
	Partitions(topic string) (int, error)
	Enlarge(topic string, partitions int32) error
	Delete(topic string) error
	Produce(topic string, sending Sending) (Producer, error)
	Join(topic, group string, joining Joining) (Member, error)
	// Open reads partition 0.
	Open(topic string, offset int64) (Seeker, error)
	// OffsetAt is the first offset of partition 0 at a time or later, -1 where there is none; First and Last are times, too.
	OffsetAt(topic string, timestampMs int64) (int64, error)
}

// Administrator is a client that knows configs and groups.
type Administrator interface {
	// Config of a topic.
	Config(topic, name string) (string, error)
	// AlterConfig sets one; nil puts it back to the broker's own.
	AlterConfig(topic, name string, value *string) error
	Groups() ([]string, error)
	// Members of a group.
	Members(group string) (int, error)
	// Committed offset of partition 0.
	Committed(group, topic string) (int64, error)
	DeleteGroup(group string) error
}

// Network of a client that can be cut.
type Network struct {
	mutex       sync.Mutex
	cut         bool
	connections []net.Conn
}

// DialContext connects, until the network is cut.
func (n *Network) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.cut {
		return nil, errors.New("the network is cut")
	}
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, network, address)
	if err == nil {
		n.connections = append(n.connections, connection)
	}
	return connection, err
}

// Dial is DialContext for those who have no context.
func (n *Network) Dial(network, address string) (net.Conn, error) {
	return n.DialContext(context.Background(), network, address)
}

// Cut ends all connections, and lets none be made.
func (n *Network) Cut() {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.cut = true
	for _, connection := range n.connections {
		connection.Close()
	}
}
