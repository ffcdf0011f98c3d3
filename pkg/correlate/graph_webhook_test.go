package correlate

import (
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// blockedBy is a workload that gets no pods, by a refusal in the API server's
// words.
func blockedBy(refusal string, at time.Time) cluster.Workload {
	return cluster.Workload{Ref: deployment("shop", "blocked"), Desired: 2, Conditions: []cluster.Condition{{Type: "ReplicaFailure", Status: "True",
		Reason: "FailedCreate", Transition: at, Message: "Internal error occurred: failed calling webhook \"gate.example.com\": failed to call webhook: " + refusal}}}
}

// A refusal that names a webhook alone follows from what fails behind the
// Service that its configuration names, and from nothing else.
func TestEdgesOfWebhookConfigurations(t *testing.T) {
	at := func(name, service string) cluster.Setting {
		w := cluster.Webhook{Name: name}
		if service != "" {
			w.Service = cluster.Ref{Kind: "Service", Namespace: "shop", Name: service}
		}
		return cluster.Setting{Ref: cluster.Ref{Kind: "ValidatingWebhookConfiguration", Name: name + service}, Webhooks: []cluster.Webhook{w}}
	}
	const nameless, url = "context deadline exceeded", `Post "https://gate.example.org/v": context deadline exceeded`
	for name, c := range map[string]struct {
		refusal  string
		lag      time.Duration
		settings []cluster.Setting
		edge     bool
		follows  bool
	}{
		"its configuration names the Service": {nameless, time.Minute, []cluster.Setting{at("gate.example.com", "db")}, true, true},
		"the refusal names it":                {`Post "https://db.shop.svc:443/v": EOF`, time.Minute, nil, true, true},
		"refused long before":                 {nameless, -20 * time.Minute, []cluster.Setting{at("gate.example.com", "db")}, true, false},
		"no configuration was read":           {nameless, time.Minute, nil, false, false},
		"another webhook's":                   {nameless, time.Minute, []cluster.Setting{at("other.example.com", "db")}, false, false},
		"a Service of what is well":           {nameless, time.Minute, []cluster.Setting{at("gate.example.com", "cart")}, false, false},
		"two of its name":                     {nameless, time.Minute, []cluster.Setting{at("gate.example.com", "db"), at("gate.example.com", "cart")}, false, false},
		"called by URL":                       {nameless, time.Minute, []cluster.Setting{at("gate.example.com", "")}, false, false},
		"the refusal names a host outside":    {url, time.Minute, []cluster.Setting{at("gate.example.com", "db")}, false, false},
	} {
		p := town(manyApps(1))
		crash(appPod(p, "db"), noon, "panic")
		appPod(p, "db").Containers[0].Restarts = 1
		p.Workloads, p.Settings = append(p.Workloads, blockedBy(c.refusal, noon.Add(c.lag))), c.settings
		e := story(p)
		d := e.dependencies().edges[pair{deployment("shop", "blocked"), deployment("shop", "db")}]
		if (d != nil) != c.edge || (d != nil && (d.Class != certain || d.How != "webhook gate.example.com calls Service shop/db" || d.Declares == "")) {
			t.Errorf("%s: edge %+v", name, d)
		}
		parent, child := about(e, "exit-code", "db"), ofRefusal(e)
		if len(child.Symptoms) != 1 {
			t.Fatalf("%s: refusals %+v", name, child.Symptoms)
		}
		e.nest([]*Pattern{parent, child})
		if (child.ExplainedBy == parent.ID) != c.follows || parent.ExplainedBy != "" {
			t.Errorf("%s: follows from %q", name, child.ExplainedBy)
		}
	}
}

func ofRefusal(e *explainer) *Pattern {
	p := &Pattern{ID: "refused"}
	p.Detector, p.Cause, p.Tier = "admission", symptom.WebhookDown, "stated"
	for i := range e.symptoms {
		if s := &e.symptoms[i]; s.Kind == symptom.Admission {
			p.Symptoms = append(p.Symptoms, s)
			p.Tally.Workloads = append(p.Tally.Workloads, s.Workload.Key())
			p.Tally.First, p.Tally.Ongoing = earlier(p.Tally.First, s.First), true
		}
	}
	return p
}
