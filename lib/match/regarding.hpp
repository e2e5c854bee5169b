#pragma once

#include "match/policy.hpp"
#include "model/candidates.hpp"
#include "model/decision.hpp"

#include <optional>
#include <string>
#include <vector>

namespace crmsync::match {

/// Which record the evidence is about.
struct Regarding {
    std::optional<RecordId> record;
    Strength strength = Strength::inferred;
    bool ambiguous = false;            ///< the strongest evidence names several
    std::vector<RecordId> suggestions; ///< ranked, where there is no record
};

/// The strongest evidence that names a record decides; weaker evidence never breaks its ties.
/// Several records stand for their common account where they have one.
Regarding weigh(const std::vector<Evidence>& evidence, const Candidates& candidates);

/// What regarding categories lead to: what the mailbox was offered under the label, else a number,
/// else an exact name, else a unique prefix. Two
/// labels at once, no hit and several hits all leave `record` empty.
struct LabelAnswer {
    std::optional<RecordId> record;
    Evidence evidence;
    std::string note; ///< why a person must choose; no private text
};
LabelAnswer resolve_labels(const std::vector<std::string>& labels, const Candidates& candidates,
                           const Policy& policy);

} // namespace crmsync::match
