package strictyaml

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// MarshalYAML is MarshalJSON in YAML, with a line for each field.
func MarshalYAML(v any) ([]byte, error) {
	data, err := MarshalJSON(v)
	if err != nil {
		return nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("strictyaml: %w", err)
	}
	plain(&root)
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&root); err != nil {
		return nil, fmt.Errorf("strictyaml: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("strictyaml: %w", err)
	}
	return out.Bytes(), nil
}

// plain takes the style of JSON from a node and from all below it. Text that would be
// read as something else without its quotes keeps them.
func plain(n *yaml.Node) {
	n.Style &^= yaml.FlowStyle | yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle
	for _, c := range n.Content {
		plain(c)
	}
}
