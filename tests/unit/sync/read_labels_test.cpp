#include "support/builders.hpp"
#include "sync/read_labels.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

const PrivateHash hash("secret");
const match::Policy policy = match::make_policy(Settings{});

Item carrying(Names categories) { return message().categories(std::move(categories)); }

/// What is kept of an item that was read with these labels.
std::vector<ReadLabels> kept(const Item& item, KnownItem known, Names labels)
{
    sync::Decided decided;
    decided.item = item;
    decided.known = std::move(known);
    decided.decision.labels_read = std::move(labels);
    Plan plan;
    sync::plan_read_labels(plan, decided, hash, policy);
    return plan.labels_read;
}

KnownItem read_again(const Item& item, KnownItem known)
{
    std::map<std::string, KnownItem> all{{item.key.id, std::move(known)}};
    sync::find_read_labels({item}, all, hash, policy);
    return all.at(item.key.id);
}

KnownItem read_with(const Item& item, KnownItem known, Names labels)
{
    known.label_hmacs = kept(item, {}, std::move(labels)).at(0).label_hmacs;
    return known;
}

} // namespace

TEST_CASE("the labels an item was read with are known again, in any spelling, and others are not")
{
    const Item before = carrying({"CRM: One", "CRM: Two"});
    const KnownItem known = read_with(before, {}, {"CRM: One", "CRM: Two"});
    const KnownItem same = read_again(carrying({"crm: one", "Blue", "CRM: Two"}), known);
    CHECK(same.labels_read == Names{"crm: one", "CRM: Two"});
    CHECK_FALSE(same.labels_gone);
    const KnownItem changed = read_again(carrying({"CRM: Two", "CRM: Three"}), known);
    CHECK(changed.labels_read == Names{"CRM: Two"});
    CHECK(changed.labels_gone);
    Item another = carrying({"CRM: One"});
    another.key.id = "another";
    CHECK(read_again(another, known).labels_read.empty());
}

TEST_CASE("the label that was answered is none of those that waited, when it goes")
{
    const Item before = carrying({"CRM: One", "CRM: Two"});
    const KnownItem known =
        read_with(before, test::known().about(1, "CRM: One"), {"CRM: One", "CRM: Two"});
    CHECK_FALSE(read_again(carrying({"CRM: Two"}), known).labels_gone);
    CHECK(read_again(carrying({"CRM: One"}), known).labels_gone);
}

TEST_CASE("labels are written down where they are not known yet, by their hashes alone")
{
    const Item item = carrying({"CRM: One"});
    const auto first = kept(item, {}, {"CRM: One"});
    REQUIRE(first.size() == 1);
    CHECK(first.at(0).item_hmac == hash.item(item.key.id));
    KnownItem known;
    known.label_hmacs = first.at(0).label_hmacs;
    CHECK(kept(item, known, {"CRM: One"}).empty());
    REQUIRE(kept(item, known, {}).size() == 1);
    CHECK(kept(item, known, {}).at(0).label_hmacs.empty());
    CHECK(kept(item, {}, {}).empty());
}
