//go:build !old

package main

import (
	"errors"

	"github.com/IBM/sarama"

	"scenarios/harness"
)

func (*client) Abilities() harness.Abilities {
	return harness.Abilities{NullRecords: true, Static: true, Idempotence: true,
		Strategies: []string{"range", "roundrobin", "sticky", "cooperative-sticky"},
		Resets:     []string{"earliest", "latest"}, OutOfRange: []string{"earliest", "latest", "none"}}
}

var strategies = map[string]func() sarama.BalanceStrategy{
	"":                   sarama.NewBalanceStrategyRange,
	"range":              sarama.NewBalanceStrategyRange,
	"roundrobin":         sarama.NewBalanceStrategyRoundRobin,
	"sticky":             sarama.NewBalanceStrategySticky,
	"cooperative-sticky": sarama.NewBalanceStrategyCooperativeSticky,
}

// choose sets what older releases do not have.
func choose(config *sarama.Config, joining harness.Joining) {
	config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{strategies[joining.Strategy]()}
	config.Consumer.Group.InstanceId = joining.Instance
	if joining.Reset == "none" {
		config.Consumer.Group.ResetInvalidOffsets = false
		config.Consumer.Return.Errors = true
	}
}

func (c *client) Config(topic, name string) (string, error) {
	described, err := c.admin.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic, ConfigNames: []string{name}})
	for _, config := range described {
		if config.Name == name {
			return config.Value, nil
		}
	}
	return "", errors.Join(errors.New(name+" is not described"), err)
}

func (c *client) AlterConfig(topic, name string, value *string) error {
	change := sarama.IncrementalAlterConfigsEntry{Operation: sarama.IncrementalAlterConfigsOperationSet, Value: value}
	if value == nil {
		change.Operation = sarama.IncrementalAlterConfigsOperationDelete
	}
	changes := map[string]sarama.IncrementalAlterConfigsEntry{name: change}
	return c.admin.IncrementalAlterConfig(sarama.TopicResource, topic, changes, false)
}

func (c *client) Groups() ([]string, error) {
	listed, err := c.admin.ListConsumerGroups()
	var groups []string
	for group := range listed {
		groups = append(groups, group)
	}
	return groups, err
}

func (c *client) Members(group string) (int, error) {
	described, err := c.admin.DescribeConsumerGroups([]string{group})
	if err != nil {
		return 0, err
	}
	return len(described[0].Members), nil
}

func (c *client) Committed(group, topic string) (int64, error) {
	fetched, err := c.admin.ListConsumerGroupOffsets(group, map[string][]int32{topic: {0}})
	if err != nil {
		return 0, err
	}
	return fetched.GetBlock(topic, 0).Offset, nil
}

func (c *client) DeleteGroup(group string) error { return c.admin.DeleteConsumerGroup(group) }
