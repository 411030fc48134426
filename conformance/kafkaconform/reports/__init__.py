"""A finished run, shown: as text, as JUnit XML, as one HTML page. JSON is the run itself (`kafkaconform.results`)."""
