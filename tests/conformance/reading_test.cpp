#include "base/failure.hpp"
#include "conformance/stage.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace crmsync;
using namespace crmsync::test;

namespace {

std::map<std::string, Folder> tree(Stage& stage, Cursor& cursor)
{
    auto answer = stage.go(stage.connector().folders_since(cursor));
    REQUIRE(std::holds_alternative<FolderChanges>(answer));
    auto& changes = std::get<FolderChanges>(answer);
    cursor = changes.next;
    std::map<std::string, Folder> folders;
    for (Folder& folder : changes.present)
        folders.emplace(folder.id.value, std::move(folder));
    return folders;
}

} // namespace

CONFORMANCE_CASE("the folder tree marks the folders everybody has, whatever they are called there")
{
    Cursor cursor;
    const auto folders = tree(stage, cursor);

    const std::pair<std::string_view, WellKnown> known[] = {
        {"inbox", WellKnown::inbox},
        {"sentitems", WellKnown::sent_items},
        {"drafts", WellKnown::drafts},
        {"deleteditems", WellKnown::deleted_items},
        {"junkemail", WellKnown::junk_email}};
    for (const auto& [name, well_known] : known) {
        INFO(name);
        const auto at = folders.find(stage.folder_id(name));
        REQUIRE(at != folders.end());
        CHECK(at->second.well_known == well_known);
    }

    const std::string id = stage.create_folder("Projekte");
    const auto later = tree(stage, cursor);
    REQUIRE(later.contains(id));
    CHECK(later.at(id).name == "Projekte");
    CHECK(later.at(id).parent == FolderId(stage.folder_id("inbox")));
    CHECK(later.at(id).well_known == WellKnown::none);
}

CONFORMANCE_CASE("a folder is read to its end over several pages, and then only what is new")
{
    std::set<std::string> ids;
    for (int i = 0; i < 1'203; ++i)
        ids.insert(stage.put({.subject = "No " + std::to_string(i)}));
    Reader inbox(stage, stage.folder_id("inbox"));

    REQUIRE(inbox.round());
    std::set<std::string> read;
    for (const auto& [id, item] : inbox.items()) {
        read.insert(id);
        CHECK(item.unreadable.empty());
        CHECK(item.complete());
    }
    CHECK(read == ids);

    REQUIRE(inbox.round());
    CHECK(inbox.rows() == 0);
    const std::string news = stage.put({.subject = "News"});
    REQUIRE(inbox.round());
    CHECK(inbox.has(news));
    CHECK(inbox.rows() == 1);
    CHECK(stage.bodies_asked() == 0);
}

CONFORMANCE_CASE("a row says all that phase 1 asks for")
{
    const std::string id = stage.put({.from = "Ann@Adventure.example",
                                      .to = {"kim@contoso.example", "bo@contoso.example"},
                                      .subject = "Grüße \U0001F600",
                                      .message_id = "<one@Adventure.Example>",
                                      .in_reply_to = "<zero@contoso.example>",
                                      .categories = {"CRM Track", "Rot"},
                                      .sensitivity = 2});
    Reader inbox(stage, stage.folder_id("inbox"));
    REQUIRE(inbox.round());

    REQUIRE(inbox.has(id));
    const Item& item = inbox.items().at(id);
    CHECK(*item.subject == "Grüße \U0001F600");
    CHECK(*item.folder == FolderId(stage.folder_id("inbox")));
    CHECK(item.participants.from->front().address == "Ann@Adventure.example");
    CHECK(item.participants.to->size() == 2);
    CHECK(*item.thread.message_id == "one@adventure.example");
    CHECK(*item.thread.in_reply_to == "zero@contoso.example");
    CHECK(std::set<std::string>(item.categories->begin(), item.categories->end()) ==
          std::set<std::string>{"CRM Track", "Rot"});
    CHECK(*item.sensitivity == Sensitivity::private_);
    CHECK(item.version.has_value());
    CHECK(item.thread.conversation_id.has_value());
    CHECK(item.message().message_class.has_value());
    CHECK(*item.message().size > 0);
    CHECK(*item.message().draft == false);
    CHECK(item.message().received_at.has_value());
}

CONFORMANCE_CASE("repeats, empty pages and partial rows lose nothing and add nothing")
{
    stage.be_contrary();
    std::vector<std::string> ids;
    for (int i = 0; i < 700; ++i)
        ids.push_back(stage.put({.subject = "No " + std::to_string(i)}));
    Reader inbox(stage, stage.folder_id("inbox"));
    REQUIRE(inbox.round());
    CHECK(inbox.items().size() == 700);

    stage.set_categories(ids[5], {"CRM Track"});
    REQUIRE(inbox.round());
    const Item& item = inbox.items().at(ids[5]);
    CHECK(*item.categories == std::vector<std::string>{"CRM Track"});
    CHECK(*item.subject == "No 5");
    CHECK(item.complete());
}

CONFORMANCE_CASE("a message that moves is removed here, present there, and keeps its id")
{
    const std::string id = stage.put({.subject = "On the move"});
    Reader inbox(stage, stage.folder_id("inbox"));
    Reader archive(stage, stage.folder_id("archive"));
    REQUIRE(inbox.round());
    REQUIRE(archive.round());

    stage.move(id, "archive");
    REQUIRE(inbox.round());
    REQUIRE(archive.round());

    CHECK(inbox.removed() == std::vector<std::string>{id});
    CHECK(archive.has(id));
    const auto looked = stage.go(stage.connector().look_up({{Stage::mailbox, id}}));
    REQUIRE(looked.at(0));
    CHECK(*looked[0]->folder == FolderId(stage.folder_id("archive")));
}

CONFORMANCE_CASE(
    "a message that left and came back may only be told as removed, and a look tells the truth")
{
    const std::string id = stage.put({.subject = "There and back"});
    Reader inbox(stage, stage.folder_id("inbox"));
    REQUIRE(inbox.round());

    stage.move(id, "archive");
    stage.move(id, "inbox");
    REQUIRE(inbox.round());

    const auto looked = stage.go(stage.connector().look_up({{Stage::mailbox, id}}));
    REQUIRE(looked.at(0));
    CHECK(*looked[0]->folder == FolderId(stage.folder_id("inbox")));
    CHECK(looked[0]->complete());
}

CONFORMANCE_CASE("a message that was deleted is removed, and a look finds nothing")
{
    const std::string id = stage.put({.subject = "Short-lived"});
    const std::string other = stage.put({.subject = "Long-lived"});
    Reader inbox(stage, stage.folder_id("inbox"));
    REQUIRE(inbox.round());

    stage.erase(id);
    REQUIRE(inbox.round());

    CHECK(inbox.removed() == std::vector<std::string>{id});
    const auto looked =
        stage.go(stage.connector().look_up({{Stage::mailbox, other}, {Stage::mailbox, id}}));
    CHECK(looked.at(0));
    CHECK_FALSE(looked.at(1));
}

CONFORMANCE_CASE("an expired cursor is told, and reading from nothing gives everything again")
{
    for (int i = 0; i < 30; ++i)
        stage.put({.subject = "No " + std::to_string(i)});
    Reader inbox(stage, stage.folder_id("inbox"));
    REQUIRE(inbox.round());
    Cursor folders;
    tree(stage, folders);

    stage.expire_cursors();

    CHECK_FALSE(inbox.round());
    REQUIRE(inbox.round());
    CHECK(inbox.rows() == 30);
    const auto answer = stage.go(stage.connector().folders_since(folders));
    CHECK(std::holds_alternative<CursorExpired>(answer));
}

CONFORMANCE_CASE("a deleted folder ends its cursor and is told by the tree")
{
    const std::string id = stage.create_folder("Soon gone");
    Cursor cursor;
    tree(stage, cursor);
    Reader folder(stage, id);
    REQUIRE(folder.round());

    stage.delete_folder(id);

    CHECK_FALSE(folder.round());
    const auto answer = stage.go(stage.connector().folders_since(cursor));
    CHECK(std::get<FolderChanges>(answer).removed == std::vector<FolderId>{FolderId(id)});
}

CONFORMANCE_CASE("several folders are read in one request, each with its own answer")
{
    const std::string inbox_id = stage.folder_id("inbox");
    const std::string archive_id = stage.folder_id("archive");
    const std::string gone = stage.create_folder("Gone");
    const std::string a = stage.put({.subject = "A"});
    const std::string b = stage.put({.subject = "B"}, "archive");
    stage.delete_folder(gone);
    const int before = stage.requests();

    const auto answers =
        stage.go(stage.connector().changes_since({{FolderId(inbox_id), Cursor()},
                                                  {FolderId(gone), Cursor()},
                                                  {FolderId(archive_id), Cursor()}}));

    CHECK(stage.requests() - before <= 2); // a token may be one
    REQUIRE(answers.size() == 3);
    CHECK(std::get<Page>(answers[0]).changes.at(0).key.id == a);
    CHECK(std::holds_alternative<CursorExpired>(answers[1]));
    CHECK(std::get<Page>(answers[2]).changes.at(0).key.id == b);

    stage.set_categories(b, {"CRM Track"});
    const auto later = stage.go(
        stage.connector().changes_since({{FolderId(inbox_id), std::get<Page>(answers[0]).next},
                                         {FolderId(archive_id), std::get<Page>(answers[2]).next}}));
    CHECK(std::get<Page>(later[0]).changes.empty());
    CHECK(std::get<Page>(later[1]).changes.at(0).key.id == b);
}

CONFORMANCE_CASE("one damaged message does not hide the others of its page")
{
    const std::string good = stage.put({.subject = "Good"});
    const std::string bad = stage.put({.subject = "Bad"});
    stage.damage(bad);
    Reader inbox(stage, stage.folder_id("inbox"));

    REQUIRE(inbox.round());

    CHECK(inbox.items().at(good).unreadable.empty());
    REQUIRE(inbox.has(bad));
    CHECK_FALSE(inbox.items().at(bad).unreadable.empty());
}

CONFORMANCE_CASE("a mailbox that is not there is said to be missing, whatever is asked of it")
{
    const auto name_of = [&](auto call) -> std::string {
        try {
            call();
        } catch (const Failure& failure) {
            CHECK(failure.reaction() == Reaction::stop);
            return failure.name().substr(failure.name().find('.'));
        }
        return "";
    };
    Connector& nobody = stage.connector_of_nobody();

    CHECK(name_of([&] { stage.go(nobody.folders_since(Cursor())); }) == ".mailbox_missing");
    CHECK(name_of([&] {
              stage.go(nobody.look_up({{Stage::mailbox, "x"}}));
          }) == ".mailbox_missing");
    const auto probed = stage.go(nobody.probe());
    REQUIRE_FALSE(probed.empty());
    CHECK_FALSE(probed.back().passed);
    CHECK(probed.back().step == "mailbox");
}
