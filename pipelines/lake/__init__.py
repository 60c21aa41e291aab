"""The data lake: the folders of runs on an object store, shared by machines that share no disk.

A step works on folders of this machine, which are a cache of the lake. At the start of a step, every folder of the lake
appears here with its manifest alone (``mirror``); its files are fetched and checked when a step reads it (``cache``);
after the step, what it wrote is uploaded, the manifest last (``upload``). ``session`` joins the three.
"""
