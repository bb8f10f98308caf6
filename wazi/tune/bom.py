# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The bill of materials of a reader in CycloneDX 1.6: the model, the encoder it stands on, the data it learned from.

https://cyclonedx.org/docs/1.6/json/. The library of CycloneDX has no class for model cards, so it is written as JSON.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from wazi import __version__
from wazi.tune import card

_ENERGY = 3_600_000
"""Joules of a kilowatt hour, the unit of CycloneDX."""


def bill(name: str, trained: Mapping[str, Any], decision: Mapping[str, Any]) -> dict[str, Any]:
    """The bill. The same reader and decision give the same one."""
    sha256 = decision["candidate"]["sha256"]
    base = str(trained.get("base", "not stated"))
    sets = card.licences(trained)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, sha256)}",
        "version": 1,
        "metadata": {
            "timestamp": decision["at"],
            "tools": {"components": [{"type": "application", "name": "wazi", "version": __version__}]},
            "component": {
                "type": "machine-learning-model",
                "bom-ref": "model",
                "name": name,
                "version": sha256[:12],
                "hashes": [{"alg": "SHA-256", "content": sha256}],
                "modelCard": _card(trained, decision, sets),
            },
        },
        "components": [
            {"type": "machine-learning-model", "bom-ref": "base", "name": base},
            *(_data(number, each, licence) for number, (each, licence) in enumerate(sets.items())),
        ],
        "dependencies": [
            {"ref": "model", "dependsOn": ["base", *(f"data-{number}" for number in range(len(sets)))]},
            {"ref": "base"},
            *({"ref": f"data-{number}"} for number in range(len(sets))),
        ],
    }


def _data(number: int, name: str, licence: str) -> dict[str, Any]:
    return {
        "type": "data",
        "bom-ref": f"data-{number}",
        "name": name,
        "licenses": [{"license": {"name": licence}}],
        "data": [{"type": "dataset", "name": name, "classification": "training"}],
    }


def _card(trained: Mapping[str, Any], decision: Mapping[str, Any], sets: Mapping[str, str]) -> dict[str, Any]:
    return {
        "modelParameters": {
            "approach": {"type": "supervised"},
            "task": "extractive question answering",
            "architectureFamily": "transformer encoder",
            "modelArchitecture": f"{trained.get('base', 'not stated')} with heads for span, answerability and relevance",
            "datasets": [{"ref": f"data-{number}"} for number in range(len(sets))],
            "inputs": [{"format": "question and passages as text"}],
            "outputs": [{"format": "start and end in each passage, scores as logits"}],
        },
        "quantitativeAnalysis": {"performanceMetrics": list(_metrics(decision))},
        "considerations": {
            "users": ["public offices that answer from their own documents"],
            "useCases": ["choose, order and mark passages that answer a question"],
            "technicalLimitations": ["one stretch of a passage; languages that were not measured are not promised"],
            "performanceTradeoffs": [f"{decision['cost']['seconds']['ours']:.4f} processor seconds a pair"],
            "ethicalConsiderations": [
                {
                    "name": "it repeats what the documents say, also where these are wrong",
                    "mitigationStrategy": "every answer shows its quote, its document and its place",
                }
            ],
            "environmentalConsiderations": {"energyConsumptions": [_energy(trained)]},
        },
    }


def _metrics(decision: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "type": f"{measure}, points of 100, difference to {decision['against']['name']}",
            "value": f"{cell['difference']['value']:.2f}",
            "slice": tag,
            "confidenceInterval": {
                "lowerBound": f"{cell['difference']['low']:.2f}",
                "upperBound": f"{cell['difference']['high']:.2f}",
            },
        }
        for measure, cells in decision["figures"].items()
        for tag, cell in cells.items()
    ]


def _energy(trained: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "activity": "training",
        "energyProviders": [
            {
                "description": "electricity of the machine that trained, source not stated",
                "organization": {"name": "not stated"},
                "energySource": "unknown",
                "energyProvided": {"value": 0, "unit": "kWh"},
            }
        ],
        "activityEnergyCost": {"value": round(float(trained.get("joules", 0)) / _ENERGY, 6), "unit": "kWh"},
    }
