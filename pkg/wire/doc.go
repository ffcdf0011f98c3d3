// Package wire reads lists as the API server sends them in protobuf: object by
// object while they arrive, and of each object the wanted fields alone. A whole
// list is never held, and what nobody looks at (managedFields, most
// annotations) is never made into Go values.
//
// The form is that of k8s.io/apimachinery/pkg/runtime/serializer/protobuf: four
// bytes "k8s\x00", then a runtime.Unknown whose field raw is the list; in every
// list field 1 is its metadata and field 2 repeats its items
// (k8s.io/api/core/v1/generated.proto).
package wire
