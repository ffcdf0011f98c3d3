package fill

import (
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// wrote is what the API server keeps about who writes which fields.
func wrote(manager, version, subresource, fields string, when time.Time) metav1.ManagedFieldsEntry {
	t := at(when)
	return metav1.ManagedFieldsEntry{Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: version, Subresource: subresource,
		Time: &t, FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)}}
}

const (
	containerFields = `{".":{},"f:args":{},"f:env":{".":{},"k:{\"name\":\"DATABASE_PASSWORD\"}":{".":{},"f:name":{},"f:valueFrom":{".":{},"f:secretKeyRef":{}}},` +
		`` +
		`"k:{\"name\":\"LEDGER_URL\"}":{".":{},"f:name":{},"f:valueFrom":{".":{},"f:configMapKeyRef":{}}},"k:{\"name\":\"LOG_LEVEL\"}":{".":{},"f:name":{},"f:valueFrom":{".":{},"f:configMapKeyRef":{}}},` +
		`"k:{\"name\":\"SERVICE_NAME\"}":{".":{},"f:name":{},"f:value":{}}},` +
		`"f:image":{},"f:imagePullPolicy":{},` +
		`"f:name":{},` +
		`` +
		`"f:resources":{".":{},"f:limits":{".":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{},` +
		`"f:volumeMounts":{".":{},"k:{\"mountPath\":\"/etc/app\"}":{".":{},"f:mountPath":{},"f:name":{},"f:readOnly":{}},"k:{\"mountPath\":\"/tmp\"}":{".":{},"f:mountPath":{},"f:name":{}}}}`
	specFields = `{"f:containers":{"k:{\"name\":\"app\"}":` + containerFields + `,"k:{\"name\":\"proxy\"}":{".":{},"f:args":{},"f:image":{},"f:name":{},"f:readinessProbe":{},"f:resources":{}}},` +
		`"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:imagePullSecrets":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{},` +
		`"f:volumes":{".":{},"k:{\"name\":\"config\"}":{".":{},"f:configMap":{},"f:name":{}},"k:{\"name\":\"tmp\"}":{".":{},"f:emptyDir":{},"f:name":{}}}}`
	labelFields = `"f:labels":{".":{},"f:app.kubernetes.io/instance":{},"f:app.kubernetes.io/managed-by":{},"f:app.kubernetes.io/name":{},"f:team":{}}`

	podFields              = `{"f:metadata":{"f:annotations":{".":{},"f:prometheus.io/port":{},"f:prometheus.io/scrape":{}},"f:generateName":{},` + labelFields + `,"f:ownerReferences":{".":{}}},"f:spec":` + specFields + `}`
	deploymentFields       = `{"f:metadata":{` + labelFields + `},"f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:selector":{},"f:strategy":{},"f:template":{"f:metadata":{` + labelFields + `},"f:spec":` + specFields + `}}}`
	deploymentStatusFields = `{"f:status":{"f:availableReplicas":{},"f:conditions":{".":{},"k:{\"type\":\"Available\"}":{".":{},"f:lastTransitionTime":{},"f:status":{}}},"f:observedGeneration":{},"f:readyReplicas":{},"f:replicas":{}}}`
	configFields           = `{"f:data":{".":{},"f:LOG_LEVEL":{},"f:REGION":{}},"f:metadata":{` + labelFields + `}}`
	nodeFields             = `{"f:metadata":{"f:annotations":{".":{},"f:volumes.kubernetes.io/controller-managed-attach-detach":{}},"f:labels":{".":{},"f:kubernetes.io/arch":{},"f:kubernetes.io/hostname":{}}},"f:spec":{"f:providerID":{}}}`
)

var (
	podStatusFields = `{"f:status":{"f:conditions":` + conditionFields("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady") +
		`,"f:containerStatuses":{},"f:hostIP":{},"f:hostIPs":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{},"k:{\"ip\":\"10.128.0.1\"}":{".":{},"f:ip":{}}},"f:startTime":{}}}`
	nodeStatusFields = `{"f:status":{"f:conditions":` + conditionFields("MemoryPressure", "DiskPressure", "PIDPressure", "Ready") + `,"f:images":{}}}`
)

func conditionFields(kinds ...string) string {
	var out strings.Builder
	out.WriteString(`{`)
	for i, kind := range kinds {
		if i > 0 {
			out.WriteString(",")
		}
		out.WriteString(`"k:{\"type\":\"` + kind + `\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:observedGeneration":{},"f:status":{},"f:type":{}}`)
	}
	return out.String() + `}`
}
