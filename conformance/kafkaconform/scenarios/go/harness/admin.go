package harness

import (
	"fmt"
	"strings"
)

// exists says whether an error is that a topic exists already.
func exists(err error) bool { return strings.Contains(strings.ToLower(err.Error()), "already exists") }

func (all *scenarios) topics() (string, error) {
	topic, err := all.create("topics", 3)
	if err != nil {
		return "", err
	}
	if err := all.partitions(topic, 3); err != nil {
		return "", err
	}
	if again := all.client.Create(topic, 3, nil); again == nil || !exists(again) {
		return "", fmt.Errorf("creating the topic again: %v", again)
	}
	if err := all.client.Enlarge(topic, 5); err != nil {
		return "", err
	}
	if err := all.partitions(topic, 5); err != nil {
		return "", err
	}
	if err := all.client.Delete(topic); err != nil {
		return "", err
	}
	return "created, listed, described, refused, enlarged, deleted", all.waitForTopic(topic, false)
}

func (all *scenarios) partitions(topic string, wanted int) error {
	return until(fmt.Sprintf("%d partitions", wanted), func() (bool, error) {
		found, err := all.client.Partitions(topic)
		return found == wanted, err
	})
}

func (all *scenarios) configs(admin Administrator) (string, error) {
	topic, err := all.create("configs", 1)
	if err != nil {
		return "", err
	}
	const name = "retention.ms"
	anHour := "3600000"
	becomes := func(holds func(value string) bool) error {
		return until(name, func() (bool, error) {
			value, err := admin.Config(topic, name)
			return holds(value), err
		})
	}
	if err := becomes(func(value string) bool { return value == "-1" }); err != nil {
		return "", err
	}
	if err := admin.AlterConfig(topic, name, &anHour); err != nil {
		return "", err
	}
	if err := becomes(func(value string) bool { return value == anHour }); err != nil {
		return "", err
	}
	if err := admin.AlterConfig(topic, name, nil); err != nil {
		return "", err
	}
	err = becomes(func(value string) bool { return value != "-1" && value != anHour })
	return "as created, as altered, as the broker has it", err
}

func (all *scenarios) groups(admin Administrator) (string, error) {
	topic, err := all.only("groups", 2)
	if err != nil {
		return "", err
	}
	group := all.prefix + "-groups"
	member, err := all.client.Join(topic, group, Joining{Reset: "earliest"})
	if err != nil {
		return "", err
	}
	members := 0
	if err = all.read(member, 2, 0); err == nil {
		if err = member.Commit(); err == nil {
			members, err = admin.Members(group)
		}
	}
	if closing := member.Close(); err == nil {
		err = closing
	}
	if err == nil && members != 1 {
		err = fmt.Errorf("%d members instead of 1", members)
	}
	if err != nil {
		return "", err
	}
	if err := all.listed(admin, group, true); err != nil {
		return "", err
	}
	offset, err := admin.Committed(group, topic)
	if err == nil && offset != 2 {
		err = fmt.Errorf("offset %d is committed instead of 2", offset)
	}
	if err != nil {
		return "", err
	}
	if err := admin.DeleteGroup(group); err != nil {
		return "", err
	}
	return "described, listed, read, deleted", all.listed(admin, group, false)
}

func (all *scenarios) listed(admin Administrator, group string, wanted bool) error {
	groups, err := admin.Groups()
	if err != nil {
		return err
	}
	found := false
	for _, each := range groups {
		found = found || each == group
	}
	if found != wanted {
		return fmt.Errorf("group %s is listed: %v", group, found)
	}
	return nil
}
