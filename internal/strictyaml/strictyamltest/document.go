package strictyamltest

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A Document is a JSON document with schemas in it, such as an OpenAPI document.
type Document struct{ compiler *jsonschema.Compiler }

// NewDocument reads a document.
func NewDocument(t testing.TB, data []byte) *Document {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("the document is not JSON: %v", err)
	}
	d := &Document{jsonschema.NewCompiler()}
	if err := d.compiler.AddResource("document.json", doc); err != nil {
		t.Fatalf("the document is not valid: %v", err)
	}
	return d
}

// Validate compares a JSON value with the schema at a JSON pointer of the document.
func (d *Document) Validate(t testing.TB, pointer string, value []byte) error {
	t.Helper()
	schema, err := d.compiler.Compile("document.json#" + pointer)
	if err != nil {
		t.Fatalf("%s is no schema: %v", pointer, err)
	}
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(value))
	if err != nil {
		return err
	}
	return schema.Validate(read)
}
