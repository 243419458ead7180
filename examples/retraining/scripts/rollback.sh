#!/usr/bin/env bash
set -euo pipefail
kubectl rollout undo deployment/retraining
kubectl rollout status deployment/retraining --timeout=120s
