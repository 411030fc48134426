"""Configuration: one table of every key of Kafka, and what a broker makes of a properties file and its flags."""
