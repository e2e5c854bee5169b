#include "store/folders.hpp"
#include "stored.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

struct Tree {
    Stored stored;
    Fence ann = stored.leased("ann@contoso.example");
    store::Folders folders{stored.pool};

    Tree()
    {
        FolderChanges round;
        round.present.push_back({FolderId("x"), FolderId("root"), "Offers", WellKnown::none});
        stored.run(folders.apply(ann, round, 1, true));
    }
    store::FolderState only_folder()
    {
        const store::FolderTree tree = stored.run(folders.tree(ann.mailbox, 1));
        REQUIRE(tree.folders.size() == 1);
        return tree.folders.front();
    }
};

} // namespace

TEST_CASE_METHOD(Tree, "what a round does not say of a folder stays as it was")
{
    FolderChanges renamed;
    renamed.present.push_back({FolderId("x"), std::nullopt, "Orders", WellKnown::none});
    stored.run(folders.apply(ann, renamed, 1, false));
    CHECK(only_folder().folder.name == "Orders");
    CHECK(only_folder().folder.parent == FolderId("root"));

    FolderChanges moved;
    moved.present.push_back({FolderId("x"), FolderId("inbox"), "", WellKnown::none});
    stored.run(folders.apply(ann, moved, 1, false));
    CHECK(only_folder().folder.name == "Orders");
    CHECK(only_folder().folder.parent == FolderId("inbox"));
}

TEST_CASE_METHOD(Tree, "which folder it is stays known while the provider refuses to say")
{
    const auto after = [&](WellKnown said) {
        FolderChanges round;
        round.present.push_back({FolderId("x"), std::nullopt, "", said});
        stored.run(folders.apply(ann, round, 1, false));
        return only_folder().folder.well_known;
    };
    CHECK(after(WellKnown::junk_email) == WellKnown::junk_email);
    CHECK(after(WellKnown::unknown) == WellKnown::junk_email);
    CHECK(after(WellKnown::none) == WellKnown::none);

    FolderChanges one_more;
    one_more.present.push_back({FolderId("x"), FolderId("root"), "", WellKnown::unknown});
    stored.sql("DELETE FROM sync.folder");
    stored.run(folders.apply(ann, one_more, 1, false));
    CHECK(only_folder().folder.well_known == WellKnown::unknown);
    CHECK(after(WellKnown::none) == WellKnown::none);
}
