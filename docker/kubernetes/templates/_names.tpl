{{/* Labels of every object. */}}
{{- define "pauta.labels" -}}
app.kubernetes.io/name: pauta
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
pauta/environment: {{ .Values.env }}
{{- end }}

{{/* Labels that find the pods of one component: dict "root" . "component" "api". */}}
{{- define "pauta.selector" -}}
app.kubernetes.io/name: pauta
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "pauta.image" -}}
{{ .root.Values.image.registry }}/pauta-{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/* Every pod of the chart: no root, no system calls beyond the usual. */}}
{{- define "pauta.podSecurity" -}}
runAsNonRoot: true
runAsUser: 50000
runAsGroup: 50000
fsGroup: 50000
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "pauta.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Where things are, for the API and the tasks. */}}
{{- define "pauta.settings" -}}
- name: PAUTA_ENV
  value: {{ .Values.env }}
- name: PAUTA_MODELS_URI
  value: {{ .Values.modelsUri | quote }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* Secrets by reference: a pod waits, and says so, until each of them exists. */}}
{{- define "pauta.secrets" -}}
{{- range .names }}
- name: {{ . }}
  valueFrom:
    secretKeyRef:
      name: {{ $.root.Values.secrets.name }}
      key: {{ . }}
{{- end }}
{{- end }}

{{/* Folders of this release's data: the API, which only reads, and the tasks share the claim. */}}
{{- define "pauta.dataMounts" -}}
- name: data
  mountPath: /opt/pauta/script_shared/evaluation
  subPath: evaluation
- name: data
  mountPath: /opt/pauta/script_shared/models
  subPath: models
{{- end }}

{{- define "pauta.claim" -}}
{{ .Values.data.existingClaim | default (printf "%s-data" .Release.Name) }}
{{- end }}

{{- define "pauta.dataVolume" -}}
- name: data
{{- if .Values.data.enabled }}
  persistentVolumeClaim:
    claimName: {{ include "pauta.claim" . }}
{{- else }}
  emptyDir:
    sizeLimit: {{ .Values.data.size }}
{{- end }}
{{- end }}
