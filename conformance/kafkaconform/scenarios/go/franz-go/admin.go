package main

import (
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func (c *client) Create(topic string, partitions int32, configs map[string]string) error {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewCreateTopicsRequest()
	wanted := kmsg.NewCreateTopicsRequestTopic()
	wanted.Topic, wanted.NumPartitions, wanted.ReplicationFactor = topic, partitions, 1
	for name, value := range configs {
		config := kmsg.NewCreateTopicsRequestTopicConfig()
		config.Name, config.Value = name, kmsg.StringPtr(value)
		wanted.Configs = append(wanted.Configs, config)
	}
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

func (c *client) Partitions(topic string) (int, error) {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewMetadataRequest()
	named := kmsg.NewMetadataRequestTopic()
	named.Topic = &topic
	request.Topics = append(request.Topics, named)
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return 0, err
	}
	return len(response.Topics[0].Partitions), kerr.ErrorForCode(response.Topics[0].ErrorCode)
}

func (c *client) Enlarge(topic string, partitions int32) error {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewCreatePartitionsRequest()
	wanted := kmsg.NewCreatePartitionsRequestTopic()
	wanted.Topic, wanted.Count = topic, partitions
	request.Topics = append(request.Topics, wanted)
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return err
	}
	return kerr.ErrorForCode(response.Topics[0].ErrorCode)
}

func (c *client) OffsetAt(topic string, timestampMs int64) (int64, error) {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewListOffsetsRequest()
	asked := kmsg.NewListOffsetsRequestTopic()
	asked.Topic = topic
	partition := kmsg.NewListOffsetsRequestTopicPartition()
	partition.Timestamp = timestampMs
	asked.Partitions = append(asked.Partitions, partition)
	request.Topics = append(request.Topics, asked)
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return 0, err
	}
	found := response.Topics[0].Partitions[0]
	return found.Offset, kerr.ErrorForCode(found.ErrorCode)
}

func (c *client) Config(topic, name string) (string, error) {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewDescribeConfigsRequest()
	resource := kmsg.NewDescribeConfigsRequestResource()
	resource.ResourceType, resource.ResourceName = kmsg.ConfigResourceTypeTopic, topic
	resource.ConfigNames = []string{name}
	request.Resources = append(request.Resources, resource)
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return "", err
	}
	for _, config := range response.Resources[0].Configs {
		if config.Name == name && config.Value != nil {
			return *config.Value, nil
		}
	}
	return "", errors.New(name + " is not described")
}

func (c *client) AlterConfig(topic, name string, value *string) error {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewIncrementalAlterConfigsRequest()
	resource := kmsg.NewIncrementalAlterConfigsRequestResource()
	resource.ResourceType, resource.ResourceName = kmsg.ConfigResourceTypeTopic, topic
	config := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
	config.Name, config.Value = name, value
	if value == nil {
		config.Op = kmsg.IncrementalAlterConfigOpDelete
	}
	resource.Configs = append(resource.Configs, config)
	request.Resources = append(request.Resources, resource)
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return err
	}
	return kerr.ErrorForCode(response.Resources[0].ErrorCode)
}

func (c *client) Groups() ([]string, error) {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewListGroupsRequest()
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, each := range response.Groups {
		groups = append(groups, each.Group)
	}
	return groups, kerr.ErrorForCode(response.ErrorCode)
}

func (c *client) Members(group string) (int, error) {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewDescribeGroupsRequest()
	request.Groups = []string{group}
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return 0, err
	}
	return len(response.Groups[0].Members), kerr.ErrorForCode(response.Groups[0].ErrorCode)
}

func (c *client) Committed(group, topic string) (int64, error) {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewOffsetFetchRequest()
	request.Group = group
	asked := kmsg.NewOffsetFetchRequestTopic()
	asked.Topic, asked.Partitions = topic, []int32{0}
	request.Topics = append(request.Topics, asked)
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return 0, err
	}
	found := response.Topics[0].Partitions[0]
	return found.Offset, kerr.ErrorForCode(found.ErrorCode)
}

func (c *client) DeleteGroup(group string) error {
	ctx, cancel := deadline()
	defer cancel()
	request := kmsg.NewDeleteGroupsRequest()
	request.Groups = []string{group}
	response, err := request.RequestWith(ctx, c.admin)
	if err != nil {
		return err
	}
	return kerr.ErrorForCode(response.Groups[0].ErrorCode)
}
