#include "match/categories.hpp"
#include "match/weighing.hpp"

namespace crmsync::match {

namespace {

/// What a draft carries that asks for something once it is sent.
std::optional<Intent> asked_for(const OwnCategories& own, const Circumstances& circumstances)
{
    // Thrown away, it will not be sent.
    if (circumstances.folder == WellKnown::deleted_items)
        return std::nullopt;
    Intent intent;
    // A state from before this service looked after the mailbox is nobody's wish.
    intent.tagged = own.track || (own.tracked && !circumstances.first_pass);
    intent.labels = own.labels;
    if (!intent.tagged && intent.labels.empty())
        return std::nullopt;
    return intent;
}

} // namespace

/// A draft is somebody's unfinished thought.
Decision decide_draft(const Item& item, const KnownItem& known, const Policy& policy,
                      const Circumstances& circumstances)
{
    Decision decision;
    decision.note = "a draft is left alone";
    if (!item.categories.said()) {
        decision.intent = known.intent;
        return decision;
    }
    decision.intent =
        asked_for(own_categories(item.categories.value_or(std::vector<std::string>{}), policy),
                  circumstances);
    if (decision.intent)
        decision.note = "a draft is left alone; its tag is answered once it is sent";
    return decision;
}

} // namespace crmsync::match
