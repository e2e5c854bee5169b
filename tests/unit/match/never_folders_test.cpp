#include "match/gate.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using match::Listed;

namespace {

Folder folder(std::string id, std::string parent, std::string name,
              WellKnown well_known = WellKnown::none)
{
    return {FolderId(std::move(id)), FolderId(std::move(parent)), std::move(name), well_known};
}

/// A German mailbox.
std::vector<Folder> tree()
{
    return {
        folder("in", "root", "Posteingang", WellKnown::inbox),
        folder("in-private", "in", "Private"),
        folder("in-private-old", "in-private", "Alt"),
        folder("private", "root", "Private"),
        folder("junk", "root", "Junk-E-Mail", WellKnown::junk_email),
        folder("junk-below", "junk", "Vielleicht"),
        folder("named-junk", "root", "junkemail"),
    };
}

std::string verdicts(const std::vector<std::string>& list, const std::vector<Folder>& folders)
{
    const match::FolderVerdicts judged(folders, match::read_never_folders(list));
    std::string words;
    for (const Folder& one : folders)
        if (const Listed listed = judged.of(one.id); listed != Listed::no)
            words += one.id.value + (listed == Listed::unknown ? "? " : " ");
    return words;
}

} // namespace

TEST_CASE("a well-known folder is listed with all below it, whatever the mailbox calls it")
{
    CHECK(verdicts({"junkemail"}, tree()) == "junk junk-below ");
    CHECK(verdicts({"JunkEmail"}, tree()) == "junk junk-below ");
}

TEST_CASE("a path names one folder from the root, with all below it")
{
    CHECK(verdicts({"private"}, tree()) == "private ");
    CHECK(verdicts({"Posteingang/PRIVATE"}, tree()) == "in-private in-private-old ");
    CHECK(verdicts({"Inbox/Private"}, tree()) == "in-private in-private-old ");
    CHECK(verdicts({"Inbox/Private/alt"}, tree()) == "in-private-old ");
    CHECK(verdicts({"Inbox/Work"}, tree()).empty());
    CHECK(verdicts({}, tree()).empty());
}

TEST_CASE("a path counts from the root also where the root is one of the folders")
{
    std::vector<Folder> folders = tree();
    folders.push_back(folder("root", "account", "Oberste Ebene"));
    CHECK(verdicts({"Private"}, folders) == "private ");
}

TEST_CASE("a folder that was renamed or moved is judged by where it lies now")
{
    std::vector<Folder> folders = tree();
    folders[3].parent = FolderId("junk");
    CHECK(verdicts({"junkemail"}, folders) == "private junk junk-below ");
    folders = tree();
    folders[3].name = "Work";
    CHECK(verdicts({"Private"}, folders).empty());
}

TEST_CASE("a folder whose name could not be learned may be a listed one, and so may all below it")
{
    std::vector<Folder> folders = tree();
    folders[3].well_known = WellKnown::unknown;
    folders.push_back(folder("below", "private", "Below"));
    CHECK(verdicts({"deleteditems"}, folders) == "private? below? ");
    CHECK(verdicts({"Private"}, folders) == "private below ");
    CHECK(verdicts({}, folders).empty());
    const match::FolderVerdicts judged(folders, match::read_never_folders({"deleteditems"}));
    CHECK(judged.of(FolderId("nobody told of it")) == Listed::unknown);
}

TEST_CASE("folders in a circle are judged, each on its own way")
{
    const std::vector<Folder> folders{folder("a", "b", "A"), folder("b", "a", "B")};
    CHECK(verdicts({"B/A"}, folders) == "a ");
}

TEST_CASE("a listed folder is closed to rules and open to people")
{
    const Item note = message();
    for (const Listed listed : {Listed::yes, Listed::unknown}) {
        match::Circumstances circumstances = here(Mode::all);
        circumstances.listed = listed;
        const auto to_a_rule =
            match::gate(note, match::Asker::rule, customers(), contoso_policy(), circumstances);
        REQUIRE(to_a_rule);
        CHECK(to_a_rule->gate == Rule::gate_folder);
        CHECK_FALSE(
            match::gate(note, match::Asker::person, customers(), contoso_policy(), circumstances));
        CHECK(in_words(decide(note, {}, customers(), circumstances)) == "refused gate_folder");
    }
}

TEST_CASE("the folder is named before an automated sender and after internal mail")
{
    match::Circumstances circumstances = here(Mode::all);
    circumstances.listed = Listed::yes;
    const auto gate_of = [&](const Item& item) {
        return match::gate(item, match::Asker::rule, customers(), contoso_policy(), circumstances)
            ->gate;
    };
    CHECK(gate_of(message().from("no-reply@adventure.example")) == Rule::gate_folder);
    CHECK(gate_of(message().from("lee@contoso.example")) == Rule::gate_internal_only);
}
