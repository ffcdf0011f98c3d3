package symptom

import "testing"

func TestOwnLimits(t *testing.T) {
	checkTable(t, evictionSignatures, []sample{
		{EvictedEmptyDirLimit, `Usage of EmptyDir volume "cache" exceeds the limit "1Gi". `},
		{EvictedStorageLimit, `Container app exceeded its local ephemeral storage limit "200Mi". `},
		{EvictedStorageLimit, "Pod ephemeral local storage usage exceeds the total limit of containers 200Mi. "},
	})
	for text, want := range map[string][3]string{
		`Usage of EmptyDir volume "cache.v1" exceeds the limit "1.5Gi". `:              {EvictedEmptyDirLimit, "cache.v1", "1.5Gi"},
		`Container app exceeded its local ephemeral storage limit "200Mi". `:           {EvictedStorageLimit, "app", "200Mi"},
		"Pod ephemeral local storage usage exceeds the total limit of containers 2G. ": {EvictedStorageLimit, "", "2G"},
		"The node was low on resource: memory. ":                                       {"", "", ""},
	} {
		s := Symptom{Message: text}
		if got := ownLimit(&s); got != want[0] || s.Item != want[1] || s.Limit != want[2] {
			t.Errorf("%q: %q %q %q, want %q", text, got, s.Item, s.Limit, want)
		}
	}
}

func TestPreemptorIsFound(t *testing.T) {
	for text, want := range map[string][2]string{
		"Preempted by pod 5fa856b2-4b9e-406a-a516-c3419edd8361 on node w-1": {"5fa856b2-4b9e-406a-a516-c3419edd8361", "w-1"},
		"Preempted by 5fa856b2-4b9e-406a-a516-c3419edd8361 on node w-1":     {"5fa856b2-4b9e-406a-a516-c3419edd8361", "w-1"},
		"Preempted by prod/pay on node w-1":                                 {"prod/pay", "w-1"},
		"Preempted by a pod on node w-1":                                    {"pod", "w-1"},
		"Preempted in order to admit critical pod":                          {"", ""},
	} {
		got := [2]string{}
		if m := preemptor.FindStringSubmatch(text); m != nil {
			got = [2]string{m[1], m[2]}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzEvictionTexts(f *testing.F) {
	for _, seed := range []string{"", "The node was low on resource: x.", `Usage of EmptyDir volume "" exceeds the limit ""`, "Container  was using 1, request is 0,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := Symptom{Message: text}
		if cause := evictionCause(&s); cause == "" && s.Limit != "" {
			t.Errorf("%q: a limit without a cause", text)
		}
		preemptor.FindStringSubmatch(text)
		assigned.FindStringSubmatch(text)
	})
}
