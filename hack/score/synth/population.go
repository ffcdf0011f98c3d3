package synth

import (
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// addSystem adds what every cluster has.
func (w *world) addSystem() {
	w.addDNS()
	w.app(in("kube-system"), named("kube-proxy"), daemonSet)
	w.app(in("kube-system"), named(w.names.word([]string{"calico-node", "cilium", "aws-node", "kube-flannel"})), daemonSet)
	if w.minor%2 == 0 { // a control plane that one sees
		n := w.nodes[0]
		for _, component := range []string{"kube-apiserver", "etcd", "kube-scheduler"} {
			w.addStatic(component, n)
		}
	}
}

// addDNS adds CoreDNS and its Service, which goes by an older name.
func (w *world) addDNS() {
	a := w.app(in("kube-system"), named("coredns"), replicas(2), internal, labelled("k8s-app", "kube-dns"))
	a.service = "kube-dns"
	s := &corev1.Service{ObjectMeta: w.meta("kube-system", "kube-dns", a.age)}
	s.Labels = map[string]string{"k8s-app": "kube-dns", "kubernetes.io/name": "CoreDNS"}
	s.Spec = corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, Selector: a.labels, ClusterIP: "10.96.0.10", ClusterIPs: []string{"10.96.0.10"},
		Ports: []corev1.ServicePort{{Name: "dns", Port: 53, Protocol: "UDP"}, {Name: "dns-tcp", Port: 53, Protocol: "TCP"}}}
	w.services = append(w.services, s)
}

// addStatic adds the mirror of a static pod: its node owns it.
func (w *world) addStatic(component string, n *corev1.Node) {
	a := &app{w: w, kind: "Pod", namespace: "kube-system", name: component + "-" + n.Name, age: 30 * 24 * time.Hour}
	spec := w.podSpec(a)
	spec.Containers[0].EnvFrom, spec.HostNetwork = nil, true
	p := w.newPod(a.namespace, a.name, spec, n, a.age)
	p.Annotations = map[string]string{"kubernetes.io/config.mirror": w.names.hex(32), "kubernetes.io/config.source": "file"}
	p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: n.Name, UID: n.UID, Controller: new(true)}}
	p.app = a
}

// addPopulation adds workloads that are well, of all kinds.
func (w *world) addPopulation(count int) {
	var namespaces []string
	for range 3 + w.r.IntN(3) {
		namespaces = append(namespaces, w.names.namespace())
	}
	w.platform = namespaces
	for i := range count {
		opts := []option{in(namespaces[w.r.IntN(len(namespaces))]), replicas(1 + w.r.IntN(6))}
		switch {
		case i%7 == 3:
			opts = append(opts, statefulSet)
		case i%11 == 5:
			opts = append(opts, daemonSet)
		}
		if w.chance(25) {
			opts = append(opts, with(secondContainer(w.helper("log-shipper"))))
		}
		if w.chance(20) {
			opts = append(opts, with(initContainer(w.helper("migrate"))))
		}
		a := w.app(opts...)
		if w.chance(15) && len(a.pods) > 0 {
			a.pods[0].oldRestart(143)
		}
	}
	w.addNightly(namespaces[0])
}

// oldRestart is a single restart, long healed.
func (p *pod) oldRestart(code int32) {
	s := p.status()
	began := p.w.now.Sub(p.CreationTimestamp.Time)
	if began < 3*time.Hour {
		return
	}
	ended := p.w.between(2*time.Hour, began-time.Minute)
	s.RestartCount = 1
	s.LastTerminationState.Terminated = p.terminated(end{code: code, reason: "Error", run: began - ended}, ended)
	s.State = running(p.w, ended-time.Second)
}

// addNightly adds a CronJob whose Jobs complete.
func (w *world) addNightly(namespace string) *batchv1.CronJob {
	c := w.cronJob(namespace, w.names.app(), "*/30 * * * *")
	for i := range 2 {
		began := time.Duration(i)*30*time.Minute + 12*time.Minute
		j := w.job(c.Namespace, fmt.Sprintf("%s-%d", c.Name, 29650000-i*30), began, c)
		p := w.jobPod(j, began)
		p.exited(0, began-2*time.Minute)
		p.ended(corev1.PodSucceeded, "", "", began-2*time.Minute)
		at := w.ago(began - 2*time.Minute)
		j.Status.Succeeded, j.Status.CompletionTime = 1, &at
		j.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: "True", Reason: "CompletionsReached", LastTransitionTime: at}}
	}
	at := w.ago(12 * time.Minute)
	c.Status.LastScheduleTime = &at
	done := w.ago(10 * time.Minute)
	c.Status.LastSuccessfulTime = &done
	return c
}

func (w *world) cronJob(namespace, name, schedule string) *batchv1.CronJob {
	c := &batchv1.CronJob{ObjectMeta: w.meta(namespace, name, 40*24*time.Hour)}
	a := &app{namespace: namespace, name: name, age: 40 * 24 * time.Hour}
	spec := w.podSpec(a)
	spec.RestartPolicy = corev1.RestartPolicyNever
	spec.Containers[0].ReadinessProbe, spec.Containers[0].LivenessProbe = nil, nil
	c.Spec = batchv1.CronJobSpec{Schedule: schedule, ConcurrencyPolicy: batchv1.ForbidConcurrent, JobTemplate: batchv1.JobTemplateSpec{
		Spec: batchv1.JobSpec{BackoffLimit: new(int32(3)), Template: corev1.PodTemplateSpec{Spec: spec}}}}
	w.cronJobs = append(w.cronJobs, c)
	return c
}

// job adds a Job, of a CronJob unless that is nil.
func (w *world) job(namespace, name string, age time.Duration, c *batchv1.CronJob) *batchv1.Job {
	j := &batchv1.Job{ObjectMeta: w.meta(namespace, name, age)}
	at := w.ago(age)
	j.Status.StartTime = &at
	if c != nil {
		j.Spec = *c.Spec.JobTemplate.Spec.DeepCopy()
		j.OwnerReferences = []metav1.OwnerReference{{APIVersion: "batch/v1", Kind: "CronJob", Name: c.Name, UID: c.UID, Controller: new(true), BlockOwnerDeletion: new(true)}}
	} else {
		a := &app{namespace: namespace, name: name, age: age}
		j.Spec = batchv1.JobSpec{BackoffLimit: new(int32(6)), Template: corev1.PodTemplateSpec{Spec: w.podSpec(a)}}
		j.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyNever
	}
	j.Spec.Completions, j.Spec.Parallelism = new(int32(1)), new(int32(1))
	j.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"batch.kubernetes.io/controller-uid": string(j.UID)}}
	w.jobs = append(w.jobs, j)
	return j
}

func (w *world) jobPod(j *batchv1.Job, age time.Duration) *pod {
	p := w.newPod(j.Namespace, j.Name+"-"+w.names.letters(5), j.Spec.Template.Spec, w.anyNode(), age)
	p.Labels["batch.kubernetes.io/job-name"] = j.Name
	p.Labels["batch.kubernetes.io/controller-uid"] = string(j.UID)
	p.Labels["job-name"] = j.Name
	p.GenerateName = j.Name + "-"
	p.ownedBy(jobRef(j))
	p.app = &app{w: w, kind: "Job", namespace: j.Namespace, name: j.Name}
	w.event(ev{object: jobRef(j), typ: "Normal", reason: "SuccessfulCreate", message: "Created pod: " + p.Name, from: "job-controller", first: age, count: 1})
	return p
}

func jobRef(j *batchv1.Job) corev1.ObjectReference {
	return corev1.ObjectReference{Kind: "Job", Namespace: j.Namespace, Name: j.Name, UID: j.UID}
}
