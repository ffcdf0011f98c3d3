package cluster

import "slices"

// Webhook is one of those that a webhook configuration lists.
type Webhook struct {
	Name string
	// Service is what the API server calls; zero where it calls a URL.
	Service Ref
}

// HasWebhook reports whether a webhook configuration lists a webhook.
func (x *Setting) HasWebhook(name string) bool {
	return slices.ContainsFunc(x.Webhooks, func(w Webhook) bool { return w.Name == name })
}

// WebhookService is the Service behind a webhook, as the configurations that
// were read tell. A name is unique within its configuration only: where several
// list it and call different places, a refusal does not tell which is meant, and
// ok is false, as it is for a webhook that is called by URL.
func (s *Snapshot) WebhookService(name string) (service Ref, ok bool) {
	service = s.webhooks[name]
	return service, !service.IsZero()
}

// indexWebhooks are the Services by the names of their webhooks; zero for those
// whose Service is not told.
func indexWebhooks(settings []Setting) map[string]Ref {
	out := map[string]Ref{}
	for i := range settings {
		for _, w := range settings[i].Webhooks {
			if known, twice := out[w.Name]; twice && known != w.Service {
				w.Service = Ref{}
			}
			out[w.Name] = w.Service
		}
	}
	return out
}
