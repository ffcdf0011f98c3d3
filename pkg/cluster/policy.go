package cluster

// Policy is what a NetworkPolicy lets in to the pods that it selects.
type Policy struct {
	// Ingress is set when it isolates them: what no policy lets in is dropped,
	// where the network plugin enforces policies.
	Ingress bool
	From    []PolicyPeer
}

// PolicyPeer is whom a rule lets in.
type PolicyPeer struct {
	// Open is set for peers that labels alone do not decide: everybody, blocks
	// of addresses, expressions, namespaces by labels of their own.
	Open bool
	// Namespace of the pods; "" for that of the policy, "*" for any.
	Namespace string
	Pods      map[string]string // labels that they have; none: all
}

// mayLetIn reports whether a policy lets a pod in, or might. Ports are not
// looked at, so one that lets it in to another port counts too.
func (x *Setting) mayLetIn(from *Pod) bool {
	for _, peer := range x.Policy.From {
		namespace := peer.Namespace
		if namespace == "" {
			namespace = x.Namespace
		}
		if peer.Open || ((namespace == "*" || namespace == from.Namespace) && (len(peer.Pods) == 0 || selects(peer.Pods, from.Labels))) {
			return true
		}
	}
	return false
}

// KeptOut are the policies that isolate a pod, if none of those that were read
// of its namespace may let another in. Nil where that is not certain: where
// policies were not read, and where it is not known whom one selects or lets in.
func (s *Snapshot) KeptOut(from, to *Pod) []Ref {
	if !s.Read(NetworkPolicies) || s.inGap(NetworkPolicies, to.Namespace) || (to.Template != nil && to.Template.HostNetwork) {
		return nil
	}
	var out []Ref
	for i := range s.Settings {
		x := &s.Settings[i]
		if x.Kind != "NetworkPolicy" || x.Namespace != to.Namespace || x.Policy == nil {
			continue
		}
		if x.Partial || (x.Selects(to) && x.mayLetIn(from)) {
			return nil
		}
		if x.Policy.Ingress && x.Selects(to) {
			out = append(out, x.Key())
		}
	}
	return out
}

func (s *Snapshot) inGap(r Resource, namespace string) bool {
	for _, g := range s.Gaps {
		if g.Resource == r && (g.Namespace == "" || g.Namespace == namespace) {
			return true
		}
	}
	return false
}
