package report

import (
	"strconv"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// revisionKey is the annotation with the number of a Deployment's revision.
const revisionKey = "deployment.kubernetes.io/revision"

func workloadObject(w *cluster.Workload) object {
	o, meta := newObject(w.Ref, w.Created)
	owner := w.Owner
	if owner.IsZero() {
		owner = w.Maker
	}
	meta.put("ownerReferences", owners(owner)).put("managedFields", managed(w.Writes))
	if w.Kind == "Deployment" && w.Revision != "" {
		meta["annotations"] = object{revisionKey: w.Revision}
	}
	spec, status := object{}, object{}.put("conditions", conditions(w.Conditions))
	template := object{}.put("template", object{}.put("spec", podSpec(w.Template)))
	switch w.Kind {
	case "Job":
		jobFields(w, spec, status)
	case "CronJob":
		cronFields(w, spec, status)
		template = object{}.put("jobTemplate", object{}.put("spec", template))
	case "DaemonSet":
		status["desiredNumberScheduled"], status["numberReady"] = w.Desired, w.Ready
		status.put("updatedNumberScheduled", w.Updated).put("numberAvailable", w.Available)
	default:
		spec["replicas"], status["readyReplicas"] = w.Desired, w.Ready
		status.put("availableReplicas", w.Available)
		if w.Kind != "ReplicaSet" {
			status.put("updatedReplicas", w.Updated)
		}
	}
	if w.Kind == "Deployment" {
		spec.put("paused", w.Paused)
	}
	if w.Kind != "CronJob" {
		spec.put("selector", object{}.put("matchLabels", w.Selector))
	}
	for k, v := range template {
		spec[k] = v
	}
	return o.put("spec", spec).put("status", status)
}

func jobFields(w *cluster.Workload, spec, status object) {
	status.put("failed", w.Failed)
	if j := w.Job; j != nil {
		spec["backoffLimit"] = j.BackoffLimit
		spec.put("activeDeadlineSeconds", int(j.Deadline.Seconds()))
		status.put("active", j.Active).put("succeeded", j.Succeeded).at("startTime", j.Started).at("completionTime", j.Completed)
	}
}

func cronFields(w *cluster.Workload, spec, status object) {
	if c := w.Cron; c != nil {
		spec.put("schedule", c.Schedule).put("timeZone", c.TimeZone).put("suspend", c.Suspended).put("concurrencyPolicy", c.Concurrency).
			put("startingDeadlineSeconds", int(c.Deadline.Seconds()))
		status.at("lastScheduleTime", c.LastStart).at("lastSuccessfulTime", c.LastSuccess)
	}
}

func revisionObject(r *cluster.Revision) object {
	o, meta := newObject(r.Ref, r.Created)
	meta.put("ownerReferences", owners(r.Owner))
	if r.Kind != "ReplicaSet" {
		return o.put("revision", r.Number)
	}
	if r.Number > 0 {
		meta["annotations"] = object{revisionKey: strconv.FormatInt(r.Number, 10)}
	}
	if r.Hash != "" {
		meta["labels"] = object{"pod-template-hash": r.Hash}
	}
	spec := object{"replicas": r.Desired}.put("template", object{}.put("spec", podSpec(r.Template)))
	return o.put("spec", spec).put("status", object{"readyReplicas": r.Ready, "replicas": r.Desired}.put("conditions", conditions(r.Conditions)))
}
