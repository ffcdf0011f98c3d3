package unclassified

import "github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"

// What is told apart: more than this nobody reads, and anybody may write events.
const (
	mostTexts   = 10 // of one reason
	mostReasons = 50 // of one kind of object
)

// various is the cause of warnings that are not told apart by their reasons.
const various = "Various"

func kindOf(s *symptom.Symptom) string   { return s.Object.Kind }
func reasonOf(s *symptom.Symptom) string { return kindOf(s) + "\n" + s.Cause }
func textOf(s *symptom.Symptom) string   { return reasonOf(s) + "\n" + s.Template }

// keys tells warnings apart: by their texts, by their reasons where there are too
// many texts, and by kinds of objects where there are too many reasons.
func keys(symptoms []*symptom.Symptom) func(*symptom.Symptom) string {
	texts, reasons := within(symptoms, reasonOf, textOf), within(symptoms, kindOf, reasonOf)
	return func(s *symptom.Symptom) string {
		switch {
		case reasons[kindOf(s)] > mostReasons:
			return kindOf(s) + "\n" // never empty
		case texts[reasonOf(s)] > mostTexts:
			return reasonOf(s)
		}
		return textOf(s)
	}
}

// within counts how many different narrow keys there are in each wide one, which
// they begin with.
func within(symptoms []*symptom.Symptom, wide, narrow func(*symptom.Symptom) string) map[string]int {
	out, seen := map[string]int{}, map[string]bool{}
	for _, s := range symptoms {
		if k := narrow(s); !seen[k] {
			seen[k] = true
			out[wide(s)]++
		}
	}
	return out
}

// distinct counts different keys.
func distinct(symptoms []*symptom.Symptom, key func(*symptom.Symptom) string) int {
	return within(symptoms, func(*symptom.Symptom) string { return "" }, key)[""]
}
