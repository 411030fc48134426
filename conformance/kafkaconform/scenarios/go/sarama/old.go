//go:build old

package main

import (
	"github.com/IBM/sarama"

	"scenarios/harness"
)

func (*client) Abilities() harness.Abilities {
	return harness.Abilities{NullRecords: true, Idempotence: true, Strategies: []string{"range", "roundrobin", "sticky"},
		Resets: []string{"earliest", "latest"}, OutOfRange: []string{"earliest", "latest"}}
}

// choose has the library's strategies as its older releases have them.
func choose(config *sarama.Config, joining harness.Joining) {
	switch joining.Strategy {
	case "roundrobin":
		config.Consumer.Group.Rebalance.Strategy = sarama.BalanceStrategyRoundRobin
	case "sticky":
		config.Consumer.Group.Rebalance.Strategy = sarama.BalanceStrategySticky
	}
}
