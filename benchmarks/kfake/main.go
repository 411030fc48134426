// Runs franz-go's kfake as one broker on 127.0.0.1 until it is killed, so that it can be measured beside kafkaemu.
package main

import (
	"flag"
	"log"

	"github.com/twmb/franz-go/pkg/kfake"
)

func main() {
	port := flag.Int("port", 9092, "where it listens")
	flag.Parse()
	if _, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(*port)); err != nil {
		log.Fatal(err)
	}
	select {}
}
