package collect

import "github.com/kubectl-patterns/kubectl-patterns/pkg/wire"

// What is wanted of the objects that there are many of, by the numbers of
// their fields in k8s.io/api/core/v1/generated.proto,
// apps/v1/generated.proto and apimachinery/pkg/apis/meta/v1/generated.proto.

// wantedOfMeta is everything of an object's metadata but managedFields (17).
func wantedOfMeta() *wire.Message {
	return &wire.Message{
		1: wire.Whole, 3: wire.Whole, 5: wire.Whole, // name, namespace, uid
		7: wire.Whole, 8: wire.Whole, 9: wire.Whole, 10: wire.Whole, // generation, creation, deletion and its grace period
		11: wire.Whole, 12: wire.Whole, 13: wire.Whole, // labels, annotations, ownerReferences
	}
}

// podNodeName is the number of a pod's spec.nodeName.
const podNodeName wire.Number = 10

var (
	wantedOfEvent = &wire.Message{
		1: {8: wire.Whole, 12: wire.Whole},                                             // creationTimestamp, annotations
		2: {1: wire.Whole, 2: wire.Whole, 3: wire.Whole, 4: wire.Whole, 7: wire.Whole}, // involvedObject: kind, namespace, name, uid, fieldPath
		3: wire.Whole, 4: wire.Whole, 5: wire.Whole,                                    // reason, message, source
		6: wire.Whole, 7: wire.Whole, 8: wire.Whole, // firstTimestamp, lastTimestamp, count
		9: wire.Whole, 10: wire.Whole, 11: wire.Whole, 14: wire.Whole, // type, eventTime, series, reportingComponent
	}
	wantedOfPodMeta   = wantedOfMeta()
	wantedOfPodStatus = &wire.Message{
		1: wire.Whole, 2: podCondition, 3: wire.Whole, 4: wire.Whole, // phase, conditions, message, reason
		6: wire.Whole, 7: wire.Whole, 9: wire.Whole, // podIP, startTime, qosClass
		8: containerStatus, 10: containerStatus, 13: containerStatus, // of containers, init and ephemeral containers
	}
	podCondition = &wire.Message{1: wire.Whole, 2: wire.Whole, 4: wire.Whole, 5: wire.Whole, 6: wire.Whole} // not lastProbeTime
	// name, state, lastState, ready, restartCount, image, imageID, resources: limits
	containerStatus = &wire.Message{1: wire.Whole, 2: wire.Whole, 3: wire.Whole, 4: wire.Whole, 5: wire.Whole, 6: wire.Whole, 7: wire.Whole, 11: {1: wire.Whole}}
	// All of a pod's spec that a template tells; the node, the host name and the
	// priority, which are each pod's own, are left out.
	wantedOfPodSpec = &wire.Message{
		1: wire.Whole, 2: wire.Whole, 20: wire.Whole, // volumes, containers, initContainers
		3: wire.Whole, 7: wire.Whole, 8: wire.Whole, 11: wire.Whole, // restartPolicy, nodeSelector, serviceAccountName, hostNetwork
		14: wire.Whole, 15: wire.Whole, 18: wire.Whole, // securityContext, imagePullSecrets, affinity
		22: wire.Whole, 24: wire.Whole, 33: wire.Whole, 40: wire.Whole, // tolerations, priorityClassName, topologySpreadConstraints, resources
	}
	// All three parts of what most objects are: metadata, spec and status.
	wantedWithoutWrites = &wire.Message{1: wantedOfMeta(), 2: wire.Whole, 3: wire.Whole, 4: wire.Whole}
)
