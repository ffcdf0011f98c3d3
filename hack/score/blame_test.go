package main

import (
	"fmt"
	"os"
	"testing"
)

func TestBlameDump(t *testing.T) {
	all := incidentsOfBlame()
	if err := judgeAll(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	for _, g := range byName(all) {
		s := blameScoreOf(g)
		fmt.Println(g[0].name, "found", s.found, "first", s.first, "ever", s.everFound, "claims", s.claims, "near", s.near, "extra", s.extra, "silent", s.silent, s.audit)
	}
	s := blameScoreOf(all)
	for _, g := range s.gates() {
		fmt.Println(g)
	}
	ch := incidentsOfChains()
	if err := judgeAll(t.Context(), ch); err != nil {
		t.Fatal(err)
	}
	for _, g := range gatesOfChains(ch) {
		fmt.Println(g)
	}
	for _, g := range byName(ch) {
		s := blameScoreOf(g)
		fmt.Println(g[0].name, "found", s.found, "first", s.first, "claims", s.claims, "near", s.near, "extra", s.extra, "silent", s.silent, s.audit)
	}
	_ = os.Stdout
}
