package collect

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func (b *bucket) validatingWebhooks(c *admissionv1.ValidatingWebhookConfiguration) {
	x := webhookSetting("ValidatingWebhookConfiguration", &c.ObjectMeta)
	for i := range c.Webhooks {
		x.Webhooks = append(x.Webhooks, webhook(c.Webhooks[i].Name, &c.Webhooks[i].ClientConfig))
	}
	b.Settings = append(b.Settings, x)
}

func (b *bucket) mutatingWebhooks(c *admissionv1.MutatingWebhookConfiguration) {
	x := webhookSetting("MutatingWebhookConfiguration", &c.ObjectMeta)
	for i := range c.Webhooks {
		x.Webhooks = append(x.Webhooks, webhook(c.Webhooks[i].Name, &c.Webhooks[i].ClientConfig))
	}
	b.Settings = append(b.Settings, x)
}

func webhookSetting(kind string, m *metav1.ObjectMeta) cluster.Setting {
	return cluster.Setting{Ref: ref(kind, m), Created: m.CreationTimestamp.Time, Writes: specWrites(m)}
}

// webhook keeps the name and the Service: no certificate, and no URL, which may
// hold a credential.
func webhook(name string, client *admissionv1.WebhookClientConfig) cluster.Webhook {
	w := cluster.Webhook{Name: name}
	if client.Service != nil {
		w.Service = cluster.Ref{Kind: "Service", Namespace: client.Service.Namespace, Name: client.Service.Name}
	}
	return w
}
