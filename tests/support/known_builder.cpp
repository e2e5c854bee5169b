#include "support/builders.hpp"

namespace crmsync::test {

KnownBuilder& KnownBuilder::outcome(std::string word)
{
    known_.outcome = std::move(word);
    return *this;
}

KnownBuilder& KnownBuilder::orphan()
{
    known_.orphan = true;
    return outcome("ignored");
}

KnownBuilder& KnownBuilder::pinned()
{
    known_.pinned = true;
    return *this;
}

KnownBuilder& KnownBuilder::held(std::string rule)
{
    known_.held = std::move(rule);
    return staged();
}

KnownBuilder& KnownBuilder::corrected(int times)
{
    known_.corrections = times;
    return *this;
}

KnownBuilder& KnownBuilder::restoring()
{
    known_.restoring = true;
    return owed(StateCategory::tracked);
}

KnownBuilder& KnownBuilder::staged()
{
    known_.staged = true;
    return *this;
}

KnownBuilder& KnownBuilder::parked()
{
    known_.parked = true;
    return *this;
}

KnownBuilder& KnownBuilder::owed(StateCategory state)
{
    known_.owed = state;
    return *this;
}

KnownBuilder& KnownBuilder::carried(std::vector<std::string> categories)
{
    known_.carried = std::move(categories);
    return *this;
}

KnownBuilder& KnownBuilder::takes_off(std::string category)
{
    known_.owed_take_off.push_back(std::move(category));
    return *this;
}

KnownBuilder& KnownBuilder::read_with(std::vector<std::string> labels, bool gone)
{
    known_.label_hmacs.resize(labels.size() + (gone ? 1 : 0));
    known_.labels_read = std::move(labels);
    known_.labels_gone = gone;
    return *this;
}

KnownBuilder& KnownBuilder::linked()
{
    KnownItem::Link link;
    link.activity = activity_id(1);
    link.folder = FolderId("inbox");
    link.version = Version("v0");
    link.category_seen = StateCategory::tracked;
    link.tracked_by = "user";
    known_.link = std::move(link);
    known_.outcome = "tracked";
    return *this;
}

KnownItem::Link& KnownBuilder::link()
{
    if (!known_.link)
        linked();
    return *known_.link;
}

KnownBuilder& KnownBuilder::seen(StateCategory state)
{
    link().category_seen = state;
    return *this;
}

KnownBuilder& KnownBuilder::by_rule()
{
    link().tracked_by = "rule";
    return *this;
}

KnownBuilder& KnownBuilder::shared()
{
    link().tracked_by = "shared";
    return *this;
}

KnownBuilder& KnownBuilder::removed_from_crm()
{
    link().activity_deleted = true;
    return *this;
}

KnownBuilder& KnownBuilder::about(int record, std::string category)
{
    link().regarding = record_id(record);
    if (!category.empty())
        link().regarding_category = std::move(category);
    return *this;
}

} // namespace crmsync::test
