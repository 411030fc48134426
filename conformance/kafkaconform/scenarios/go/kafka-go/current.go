//go:build !old

package main

import (
	"errors"

	"github.com/segmentio/kafka-go"
)

func (c *client) Config(topic, name string) (string, error) {
	ctx, cancel := deadline()
	defer cancel()
	response, err := c.admin.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{Resources: []kafka.DescribeConfigRequestResource{
		{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ConfigNames: []string{name}}}})
	if err != nil {
		return "", err
	}
	for _, config := range response.Resources[0].ConfigEntries {
		if config.ConfigName == name {
			return config.ConfigValue, nil
		}
	}
	return "", errors.New(name + " is not described")
}

func (c *client) AlterConfig(topic, name string, value *string) error {
	ctx, cancel := deadline()
	defer cancel()
	change := kafka.IncrementalAlterConfigsRequestConfig{Name: name, ConfigOperation: kafka.ConfigOperationDelete}
	if value != nil {
		change.Value, change.ConfigOperation = *value, kafka.ConfigOperationSet
	}
	response, err := c.admin.IncrementalAlterConfigs(ctx, &kafka.IncrementalAlterConfigsRequest{
		Resources: []kafka.IncrementalAlterConfigsRequestResource{{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic,
			Configs: []kafka.IncrementalAlterConfigsRequestConfig{change}}}})
	if err != nil {
		return err
	}
	return response.Resources[0].Error
}

func (c *client) Groups() ([]string, error) {
	ctx, cancel := deadline()
	defer cancel()
	response, err := c.admin.ListGroups(ctx, &kafka.ListGroupsRequest{})
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, each := range response.Groups {
		groups = append(groups, each.GroupID)
	}
	return groups, response.Error
}

func (c *client) Members(group string) (int, error) {
	ctx, cancel := deadline()
	defer cancel()
	response, err := c.admin.DescribeGroups(ctx, &kafka.DescribeGroupsRequest{GroupIDs: []string{group}})
	if err != nil {
		return 0, err
	}
	return len(response.Groups[0].Members), response.Groups[0].Error
}

func (c *client) Committed(group, topic string) (int64, error) {
	ctx, cancel := deadline()
	defer cancel()
	response, err := c.admin.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{topic: {0}}})
	if err != nil {
		return 0, err
	}
	found := response.Topics[topic][0]
	return found.CommittedOffset, found.Error
}

func (c *client) DeleteGroup(group string) error {
	ctx, cancel := deadline()
	defer cancel()
	response, err := c.admin.DeleteGroups(ctx, &kafka.DeleteGroupsRequest{GroupIDs: []string{group}})
	if err != nil {
		return err
	}
	return response.Errors[group]
}
