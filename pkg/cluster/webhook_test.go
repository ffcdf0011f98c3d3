package cluster

import "testing"

// A refusal gives a webhook's name alone, which only one configuration may list
// for it to tell anything.
func TestWebhookService(t *testing.T) {
	gate, other := ref("Service", "gate", "gate"), ref("Service", "other", "gate")
	settings := []Setting{
		{Ref: ref("ValidatingWebhookConfiguration", "", "a"), Webhooks: []Webhook{{"gate.example.com", gate}, {"both.example.com", gate}, {"url.example.com", Ref{}}}},
		{Ref: ref("MutatingWebhookConfiguration", "", "a"), Webhooks: []Webhook{{"gate.example.com", gate}, {"both.example.com", other}, {"half.example.com", Ref{}}}},
		{Ref: ref("MutatingWebhookConfiguration", "", "b"), Webhooks: []Webhook{{"both.example.com", gate}, {"half.example.com", gate}}},
	}
	for step, s := range map[string]*Snapshot{
		"in the first step":  New(Parts{Settings: settings}),
		"in the second step": New(Parts{}).WithSettings(Parts{Settings: settings}),
	} {
		for name, want := range map[string]Ref{"gate.example.com": gate, "both.example.com": {}, "url.example.com": {}, "half.example.com": {}, "none.example.com": {}} {
			if got, ok := s.WebhookService(name); got != want || ok != !want.IsZero() {
				t.Errorf("%s: %s is called at %v, want %v", step, name, got, want)
			}
		}
	}
}
