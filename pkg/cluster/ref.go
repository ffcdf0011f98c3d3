package cluster

import "cmp"

// Ref names one object. UID is optional: kubelets put a node's name where its
// UID should be and the taint manager leaves it out, so objects are joined by
// kind, namespace and name.
type Ref struct {
	Kind      string
	Namespace string
	Name      string
	UID       string
}

// Key is a Ref without its UID: what objects are joined on.
func (r Ref) Key() Ref { return Ref{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name} }

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r.Kind == "" && r.Name == "" }

// Path is "namespace/name", or the name alone for cluster-scoped objects.
func (r Ref) Path() string {
	if r.Namespace == "" {
		return r.Name
	}
	return r.Namespace + "/" + r.Name
}

// String is "Kind namespace/name".
func (r Ref) String() string { return r.Kind + " " + r.Path() }

// Compare orders by namespace, kind, name.
func (r Ref) Compare(o Ref) int {
	if c := cmp.Compare(r.Namespace, o.Namespace); c != 0 {
		return c // most pairs differ here, and very many are compared
	}
	if c := cmp.Compare(r.Kind, o.Kind); c != 0 {
		return c
	}
	return cmp.Compare(r.Name, o.Name)
}
