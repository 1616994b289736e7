package strictyaml

// StepsToParse is how many values Parse passes. It counts also for a file that
// Parse refuses.
func StepsToParse(data []byte) int {
	d := &Document{}
	_ = d.parse(data)
	return d.steps
}
