package correlate

// adopt puts the roots of a part under what they follow from in the whole. A
// parent that the part does not hold is taken over from there, with its own
// numbers: it is about others, and explains these.
func adopt(ps []*Pattern, whole *Story) []*Pattern {
	here, there := byID(ps), byID(whole.Patterns)
	for i := 0; i < len(ps); i++ { // what is taken over may follow from something, too
		p := ps[i]
		same := there[p.ID]
		if p.ExplainedBy != "" || same == nil || same.ExplainedBy == "" {
			continue
		}
		parent := here[same.ExplainedBy]
		if parent == nil {
			parent = takeOver(there[same.ExplainedBy])
			here[parent.ID] = parent
			ps = append(ps, parent)
		}
		if descends(parent, p, here) {
			continue
		}
		p.ExplainedBy, p.Following = parent.ID, same.Following
		parent.Explains = append(parent.Explains, p.ID)
	}
	return ps
}

func takeOver(p *Pattern) *Pattern {
	out := *p
	out.ExplainedBy, out.Following, out.Explains = "", nil, nil
	return &out
}

func byID(ps []*Pattern) map[string]*Pattern {
	out := make(map[string]*Pattern, len(ps))
	for _, p := range ps {
		out[p.ID] = p
	}
	return out
}
