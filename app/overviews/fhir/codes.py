"""The codes that FHIR R4 (4.0.1) fixes for what the documents here are made of, as a table of our own.

Neither of the two validators that a reader may use knows all of this: the official JSON schema
lets four statuses and every missing element pass, the R4B models every code and every target.
The tables hold, for each type of resource in `TYPES`: the elements that must be there, the
codes of elements whose binding is *required*, and the types that a reference may point to.
Taken from the StructureDefinitions and ValueSets of 4.0.1 (CC0).
"""

from collections.abc import Mapping

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
NUCC = "http://nucc.org/provider-taxonomy"
LANGUAGES = "urn:ietf:bcp:47"
URIS = "urn:ietf:rfc:3986"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
CONFIDENTIALITY = f"{_TERMINOLOGY}/v3-Confidentiality"
ACT_CODE = f"{_TERMINOLOGY}/v3-ActCode"
ACT_REASON = f"{_TERMINOLOGY}/v3-ActReason"
ROUTE = f"{_TERMINOLOGY}/v3-RouteOfAdministration"
PARTICIPATION = f"{_TERMINOLOGY}/v3-ParticipationType"
OPERATION = f"{_TERMINOLOGY}/v3-DataOperation"
CONSENT_SCOPE = f"{_TERMINOLOGY}/consentscope"
OBSERVATION_CATEGORY = f"{_TERMINOLOGY}/observation-category"
ABSENT_REASON = f"{_TERMINOLOGY}/data-absent-reason"
ACHIEVEMENT = f"{_TERMINOLOGY}/goal-achievement"
FLAG_CATEGORY = f"{_TERMINOLOGY}/flag-category"
ALLERGY_CLINICAL = f"{_TERMINOLOGY}/allergyintolerance-clinical"
ALLERGY_VERIFICATION = f"{_TERMINOLOGY}/allergyintolerance-verification"
PROVENANCE_AGENT = f"{_TERMINOLOGY}/provenance-participant-type"
ADMINISTRATION_CATEGORY = f"{_TERMINOLOGY}/medication-admin-category"
ORGANIZATION_TYPE = f"{_TERMINOLOGY}/organization-type"

LEVELS = ("U", "L", "M", "N", "R", "V")
"""v3-Confidentiality from the least to the most confidential."""


def _each(codes: str) -> frozenset[str]:
    return frozenset(codes.split())


_ADMINISTRATIVE_GENDER = _each("male female other unknown")
_REQUEST_STATUS = _each("draft active on-hold revoked completed entered-in-error unknown")
_REQUEST_PRIORITY = _each("routine urgent asap stat")
_ENCOUNTER_STATUS = _each(
    "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown"
)

CODES: Mapping[str, frozenset[str]] = {
    "Bundle.type": _each(
        "document message transaction transaction-response batch batch-response history "
        "searchset collection"
    ),
    "Bundle.entry.search.mode": _each("match include outcome"),
    "Bundle.entry.request.method": _each("GET HEAD POST PUT DELETE PATCH"),
    "Composition.status": _each("preliminary final amended entered-in-error"),
    "Composition.confidentiality": _each("U L M N R V"),
    "Composition.attester.mode": _each("personal professional legal official"),
    "Composition.relatesTo.code": _each("replaces transforms signs appends"),
    "Composition.section.mode": _each("working snapshot changes"),
    "Patient.gender": _ADMINISTRATIVE_GENDER,
    "Patient.contact.gender": _ADMINISTRATIVE_GENDER,
    "Patient.link.type": _each("replaced-by replaces refer seealso"),
    "Practitioner.gender": _ADMINISTRATIVE_GENDER,
    "PractitionerRole.availableTime.daysOfWeek": _each("mon tue wed thu fri sat sun"),
    "RelatedPerson.gender": _ADMINISTRATIVE_GENDER,
    "CareTeam.status": _each("proposed active suspended inactive entered-in-error"),
    "CarePlan.status": _REQUEST_STATUS,
    "CarePlan.intent": _each("proposal plan order option"),
    "CarePlan.activity.detail.kind": _each(
        "Appointment CommunicationRequest DeviceRequest MedicationRequest NutritionOrder "
        "Task ServiceRequest VisionPrescription"
    ),
    "CarePlan.activity.detail.status": _each(
        "not-started scheduled in-progress on-hold completed cancelled stopped unknown "
        "entered-in-error"
    ),
    "Goal.lifecycleStatus": _each(
        "proposed planned accepted active on-hold completed cancelled entered-in-error rejected"
    ),
    "ServiceRequest.status": _REQUEST_STATUS,
    "ServiceRequest.intent": _each(
        "proposal plan directive order original-order reflex-order filler-order "
        "instance-order option"
    ),
    "ServiceRequest.priority": _REQUEST_PRIORITY,
    "Encounter.status": _ENCOUNTER_STATUS,
    "Encounter.statusHistory.status": _ENCOUNTER_STATUS,
    "Encounter.location.status": _each("planned active reserved completed"),
    "Task.status": _each(
        "draft requested received accepted rejected ready cancelled in-progress on-hold "
        "failed completed entered-in-error"
    ),
    "Task.intent": _each(
        "unknown proposal plan order original-order reflex-order filler-order instance-order option"
    ),
    "Task.priority": _REQUEST_PRIORITY,
    "Flag.status": _each("active inactive entered-in-error"),
    "AllergyIntolerance.type": _each("allergy intolerance"),
    "AllergyIntolerance.category": _each("food medication environment biologic"),
    "AllergyIntolerance.criticality": _each("low high unable-to-assess"),
    "AllergyIntolerance.reaction.severity": _each("mild moderate severe"),
    "Observation.status": _each(
        "registered preliminary final amended corrected cancelled entered-in-error unknown"
    ),
    "Questionnaire.status": _each("draft active retired unknown"),
    "Questionnaire.item.type": _each(
        "group display boolean decimal integer date dateTime time string text "
        "url choice open-choice attachment reference quantity"
    ),
    "Questionnaire.item.enableWhen.operator": _each("exists = != > < >= <="),
    "Questionnaire.item.enableBehavior": _each("all any"),
    "QuestionnaireResponse.status": _each("in-progress completed amended entered-in-error stopped"),
    "Consent.status": _each("draft proposed active rejected inactive entered-in-error"),
    "Consent.provision.type": _each("deny permit"),
    "Consent.provision.data.meaning": _each("instance related dependents authoredby"),
    "Provenance.entity.role": _each("derivation revision quotation source removal"),
    "MedicationRequest.status": _each(
        "active on-hold cancelled completed entered-in-error stopped draft unknown"
    ),
    "MedicationRequest.intent": _each(
        "proposal plan order original-order reflex-order filler-order instance-order option"
    ),
    "MedicationRequest.priority": _REQUEST_PRIORITY,
    "MedicationAdministration.status": _each(
        "in-progress not-done on-hold completed entered-in-error stopped unknown"
    ),
    "Narrative.status": _each("generated extensions additional empty"),
    "Identifier.use": _each("usual official temp secondary old"),
    "HumanName.use": _each("usual official temp nickname anonymous old maiden"),
    "ContactPoint.system": _each("phone fax email pager url sms other"),
    "ContactPoint.use": _each("home work temp old mobile"),
    "Address.use": _each("home work temp old billing"),
    "Address.type": _each("postal physical both"),
    "Quantity.comparator": _each("< <= >= >"),
    "Timing.repeat.durationUnit": _each("s min h d wk mo a"),
    "Timing.repeat.periodUnit": _each("s min h d wk mo a"),
    "Timing.repeat.dayOfWeek": _each("mon tue wed thu fri sat sun"),
}
"""The codes of each element whose binding is required; of data types under the type's name."""

CODED: Mapping[str, tuple[str, frozenset[str]]] = {
    "AllergyIntolerance.clinicalStatus": (ALLERGY_CLINICAL, _each("active inactive resolved")),
    "AllergyIntolerance.verificationStatus": (
        ALLERGY_VERIFICATION,
        _each("unconfirmed confirmed refuted entered-in-error"),
    ),
}
"""Concepts whose binding is required: the system that a coding must have, and its codes."""

NEEDED: Mapping[str, frozenset[str]] = {
    "Bundle": _each(
        "type link.relation link.url entry.request.method entry.request.url entry.response.status"
    ),
    "Composition": _each(
        "status type date author title attester.mode relatesTo.code relatesTo.target[x]"
    ),
    "Patient": _each("communication.language link.other link.type"),
    "Practitioner": _each("qualification.code"),
    "PractitionerRole": _each("notAvailable.description"),
    "RelatedPerson": _each("patient communication.language"),
    "CarePlan": _each("status intent subject activity.detail.status"),
    "Goal": _each("lifecycleStatus description subject"),
    "ServiceRequest": _each("status intent subject"),
    "Encounter": _each(
        "status statusHistory.status statusHistory.period class classHistory.class "
        "classHistory.period diagnosis.condition location.location"
    ),
    "Task": _each("status intent input.type input.value[x] output.type output.value[x]"),
    "Flag": _each("status code subject"),
    "AllergyIntolerance": _each("patient reaction.manifestation"),
    "Observation": _each("status code component.code"),
    "Questionnaire": _each(
        "status item.linkId item.type item.enableWhen.question item.enableWhen.operator "
        "item.enableWhen.answer[x] item.answerOption.value[x] item.initial.value[x]"
    ),
    "QuestionnaireResponse": _each("status item.linkId"),
    "Consent": _each(
        "status scope category verification.verified provision.actor.role "
        "provision.actor.reference provision.data.meaning provision.data.reference"
    ),
    "Provenance": _each("target recorded agent agent.who entity.role entity.what"),
    "MedicationRequest": _each("status intent medication[x] subject substitution.allowed[x]"),
    "MedicationAdministration": _each("status medication[x] subject effective[x] performer.actor"),
}
"""The elements that must be there, in a part of a resource where that part is there."""

TYPES = NEEDED.keys() | {"Organization", "CareTeam"}
"""The types of resources that these tables are whole for."""

TARGETS: Mapping[str, frozenset[str]] = {
    "Composition.encounter": _each("Encounter"),
    "Composition.author": _each(
        "Practitioner PractitionerRole Device Patient RelatedPerson Organization"
    ),
    "Composition.attester.party": _each(
        "Patient RelatedPerson Practitioner PractitionerRole Organization"
    ),
    "Composition.custodian": _each("Organization"),
    "Composition.relatesTo.target[x]": _each("Composition"),
    "Composition.section.author": _each(
        "Practitioner PractitionerRole Device Patient RelatedPerson Organization"
    ),
    "Patient.contact.organization": _each("Organization"),
    "Patient.generalPractitioner": _each("Organization Practitioner PractitionerRole"),
    "Patient.managingOrganization": _each("Organization"),
    "Patient.link.other": _each("Patient RelatedPerson"),
    "Practitioner.qualification.issuer": _each("Organization"),
    "PractitionerRole.practitioner": _each("Practitioner"),
    "PractitionerRole.organization": _each("Organization"),
    "PractitionerRole.location": _each("Location"),
    "PractitionerRole.healthcareService": _each("HealthcareService"),
    "PractitionerRole.endpoint": _each("Endpoint"),
    "Organization.partOf": _each("Organization"),
    "Organization.endpoint": _each("Endpoint"),
    "RelatedPerson.patient": _each("Patient"),
    "CareTeam.subject": _each("Patient Group"),
    "CareTeam.encounter": _each("Encounter"),
    "CareTeam.participant.member": _each(
        "Practitioner PractitionerRole RelatedPerson Patient Organization CareTeam"
    ),
    "CareTeam.participant.onBehalfOf": _each("Organization"),
    "CareTeam.reasonReference": _each("Condition"),
    "CareTeam.managingOrganization": _each("Organization"),
    "CarePlan.basedOn": _each("CarePlan"),
    "CarePlan.replaces": _each("CarePlan"),
    "CarePlan.partOf": _each("CarePlan"),
    "CarePlan.subject": _each("Patient Group"),
    "CarePlan.encounter": _each("Encounter"),
    "CarePlan.author": _each(
        "Patient Practitioner PractitionerRole Device RelatedPerson Organization CareTeam"
    ),
    "CarePlan.contributor": _each(
        "Patient Practitioner PractitionerRole Device RelatedPerson Organization CareTeam"
    ),
    "CarePlan.careTeam": _each("CareTeam"),
    "CarePlan.addresses": _each("Condition"),
    "CarePlan.goal": _each("Goal"),
    "CarePlan.activity.reference": _each(
        "Appointment CommunicationRequest DeviceRequest MedicationRequest NutritionOrder "
        "Task ServiceRequest VisionPrescription RequestGroup"
    ),
    "CarePlan.activity.detail.reasonReference": _each(
        "Condition Observation DiagnosticReport DocumentReference"
    ),
    "CarePlan.activity.detail.goal": _each("Goal"),
    "CarePlan.activity.detail.location": _each("Location"),
    "CarePlan.activity.detail.performer": _each(
        "Practitioner PractitionerRole Organization RelatedPerson Patient CareTeam "
        "HealthcareService Device"
    ),
    "CarePlan.activity.detail.product[x]": _each("Medication Substance"),
    "Goal.subject": _each("Patient Group Organization"),
    "Goal.expressedBy": _each("Patient Practitioner PractitionerRole RelatedPerson"),
    "Goal.addresses": _each(
        "Condition Observation MedicationStatement NutritionOrder ServiceRequest RiskAssessment"
    ),
    "Goal.outcomeReference": _each("Observation"),
    "ServiceRequest.basedOn": _each("CarePlan ServiceRequest MedicationRequest"),
    "ServiceRequest.replaces": _each("ServiceRequest"),
    "ServiceRequest.subject": _each("Patient Group Location Device"),
    "ServiceRequest.encounter": _each("Encounter"),
    "ServiceRequest.requester": _each(
        "Practitioner PractitionerRole Organization Patient RelatedPerson Device"
    ),
    "ServiceRequest.performer": _each(
        "Practitioner PractitionerRole Organization CareTeam HealthcareService Patient "
        "Device RelatedPerson"
    ),
    "ServiceRequest.locationReference": _each("Location"),
    "ServiceRequest.reasonReference": _each(
        "Condition Observation DiagnosticReport DocumentReference"
    ),
    "ServiceRequest.insurance": _each("Coverage ClaimResponse"),
    "ServiceRequest.specimen": _each("Specimen"),
    "ServiceRequest.relevantHistory": _each("Provenance"),
    "Encounter.subject": _each("Patient Group"),
    "Encounter.episodeOfCare": _each("EpisodeOfCare"),
    "Encounter.basedOn": _each("ServiceRequest"),
    "Encounter.participant.individual": _each("Practitioner PractitionerRole RelatedPerson"),
    "Encounter.appointment": _each("Appointment"),
    "Encounter.reasonReference": _each(
        "Condition Procedure Observation ImmunizationRecommendation"
    ),
    "Encounter.diagnosis.condition": _each("Condition Procedure"),
    "Encounter.account": _each("Account"),
    "Encounter.hospitalization.origin": _each("Location Organization"),
    "Encounter.hospitalization.destination": _each("Location Organization"),
    "Encounter.location.location": _each("Location"),
    "Encounter.serviceProvider": _each("Organization"),
    "Encounter.partOf": _each("Encounter"),
    "Task.partOf": _each("Task"),
    "Task.encounter": _each("Encounter"),
    "Task.requester": _each(
        "Device Organization Patient Practitioner PractitionerRole RelatedPerson"
    ),
    "Task.owner": _each(
        "Practitioner PractitionerRole Organization CareTeam HealthcareService Patient "
        "Device RelatedPerson"
    ),
    "Task.location": _each("Location"),
    "Task.insurance": _each("Coverage ClaimResponse"),
    "Task.relevantHistory": _each("Provenance"),
    "Task.restriction.recipient": _each(
        "Patient Practitioner PractitionerRole RelatedPerson Group Organization"
    ),
    "Flag.subject": _each(
        "Patient Location Group Organization Practitioner PlanDefinition Medication Procedure"
    ),
    "Flag.encounter": _each("Encounter"),
    "Flag.author": _each("Device Organization Patient Practitioner PractitionerRole"),
    "AllergyIntolerance.patient": _each("Patient"),
    "AllergyIntolerance.encounter": _each("Encounter"),
    "AllergyIntolerance.recorder": _each("Practitioner PractitionerRole Patient RelatedPerson"),
    "AllergyIntolerance.asserter": _each("Patient RelatedPerson Practitioner PractitionerRole"),
    "Observation.basedOn": _each(
        "CarePlan DeviceRequest ImmunizationRecommendation MedicationRequest "
        "NutritionOrder ServiceRequest"
    ),
    "Observation.partOf": _each(
        "MedicationAdministration MedicationDispense MedicationStatement Procedure "
        "Immunization ImagingStudy"
    ),
    "Observation.subject": _each("Patient Group Device Location"),
    "Observation.encounter": _each("Encounter"),
    "Observation.performer": _each(
        "Practitioner PractitionerRole Organization CareTeam Patient RelatedPerson"
    ),
    "Observation.specimen": _each("Specimen"),
    "Observation.device": _each("Device DeviceMetric"),
    "Observation.hasMember": _each("Observation QuestionnaireResponse MolecularSequence"),
    "Observation.derivedFrom": _each(
        "DocumentReference ImagingStudy Media QuestionnaireResponse Observation MolecularSequence"
    ),
    "QuestionnaireResponse.basedOn": _each("CarePlan ServiceRequest"),
    "QuestionnaireResponse.partOf": _each("Observation Procedure"),
    "QuestionnaireResponse.encounter": _each("Encounter"),
    "QuestionnaireResponse.author": _each(
        "Device Practitioner PractitionerRole Patient RelatedPerson Organization"
    ),
    "QuestionnaireResponse.source": _each("Patient Practitioner PractitionerRole RelatedPerson"),
    "Consent.patient": _each("Patient"),
    "Consent.performer": _each("Organization Patient Practitioner RelatedPerson PractitionerRole"),
    "Consent.organization": _each("Organization"),
    "Consent.source[x]": _each("Consent DocumentReference Contract QuestionnaireResponse"),
    "Consent.verification.verifiedWith": _each("Patient RelatedPerson"),
    "Consent.provision.actor.reference": _each(
        "Device Group CareTeam Organization Patient Practitioner RelatedPerson PractitionerRole"
    ),
    "Provenance.location": _each("Location"),
    "Provenance.agent.who": _each(
        "Practitioner PractitionerRole RelatedPerson Patient Device Organization"
    ),
    "Provenance.agent.onBehalfOf": _each(
        "Practitioner PractitionerRole RelatedPerson Patient Device Organization"
    ),
    "MedicationRequest.reported[x]": _each(
        "Patient Practitioner PractitionerRole RelatedPerson Organization"
    ),
    "MedicationRequest.medication[x]": _each("Medication"),
    "MedicationRequest.subject": _each("Patient Group"),
    "MedicationRequest.encounter": _each("Encounter"),
    "MedicationRequest.requester": _each(
        "Practitioner PractitionerRole Organization Patient RelatedPerson Device"
    ),
    "MedicationRequest.performer": _each(
        "Practitioner PractitionerRole Organization Patient Device RelatedPerson CareTeam"
    ),
    "MedicationRequest.recorder": _each("Practitioner PractitionerRole"),
    "MedicationRequest.reasonReference": _each("Condition Observation"),
    "MedicationRequest.basedOn": _each(
        "CarePlan MedicationRequest ServiceRequest ImmunizationRecommendation"
    ),
    "MedicationRequest.insurance": _each("Coverage ClaimResponse"),
    "MedicationRequest.dispenseRequest.performer": _each("Organization"),
    "MedicationRequest.priorPrescription": _each("MedicationRequest"),
    "MedicationRequest.detectedIssue": _each("DetectedIssue"),
    "MedicationRequest.eventHistory": _each("Provenance"),
    "MedicationAdministration.partOf": _each("MedicationAdministration Procedure"),
    "MedicationAdministration.medication[x]": _each("Medication"),
    "MedicationAdministration.subject": _each("Patient Group"),
    "MedicationAdministration.context": _each("Encounter EpisodeOfCare"),
    "MedicationAdministration.performer.actor": _each(
        "Practitioner PractitionerRole Patient RelatedPerson Device"
    ),
    "MedicationAdministration.reasonReference": _each("Condition Observation DiagnosticReport"),
    "MedicationAdministration.request": _each("MedicationRequest"),
    "MedicationAdministration.device": _each("Device"),
    "MedicationAdministration.eventHistory": _each("Provenance"),
}
"""The types that a reference may point to; where a path is not here, to any."""
