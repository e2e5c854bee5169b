#pragma once

#include "model/body.hpp"
#include "model/decision.hpp"
#include "model/plan.hpp"

#include <optional>
#include <vector>

namespace crmsync::sync {

/// An item with all that led to its decision.
struct Decided {
    Item item;
    KnownItem known;
    Decision decision;
    /// Of everything the decision was made from; not of a linked item of which nothing is new.
    Sha256 input_hmac{};
    /// Of an ignored or tracked item: what it answers, as far as that was not stored when it was
    /// decided.
    std::vector<std::string> unstored_parents{};
    /// Of an ignored item: its Message-ID, where the message was not stored when it was decided.
    std::optional<std::string> unstored_message{};

    /// Whether it becomes a further copy of an activity that is there, and nothing else.
    bool joins() const
    {
        return decision.outcome == Outcome::tracked && decision.rule == Rule::shared && !known.link;
    }

    /// Whether its body is still to be read: only a positive decision for an item that has no link,
    /// or whose activity is a tombstone to be revived.
    bool wants_body() const
    {
        return decision.outcome == Outcome::tracked && !joins() &&
               (!known.link || (known.link->activity_deleted && decision.rule != Rule::none));
    }

    /// Whether a scanner held attachments of it back, and nobody has taken it off meanwhile.
    bool wants_attachments() const
    {
        return decision.outcome == Outcome::tracked && !decision.stage_untrack && !known.staged &&
               known.link && known.link->attachments_pending && !known.link->activity_deleted;
    }
};

/// Phase 2 of one accepted item.
struct Fetched {
    FetchedBody body;
    std::vector<StoredAttachment> attachments;
};

} // namespace crmsync::sync
